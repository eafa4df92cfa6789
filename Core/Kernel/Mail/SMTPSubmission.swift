import Foundation
import Glibc
import Vocabulary

/// Hands one message to the SMTP server by msmtp, which speaks SMTP, TLS and SASL. Blocks its
/// thread, which is one of the market's own.
struct SMTPSubmission: Sendable {
    enum Outcome: Hashable, Sendable {
        case taken
        /// For good: another try would be refused too.
        case refused(String)
        /// The server is away, busy, or wants us to come later.
        case notNow(String)
    }

    let settings: MailSettings
    /// ``KernelSettings/toolFolder``
    let folder: String
    let recipient: String
    let message: String

    func run() throws -> Outcome {
        guard let host = settings.host else { return .notNow("no SMTP server is set") }
        guard access(settings.tool, X_OK) == 0 else {
            return .notNow(
                "\(settings.tool) is missing; on Debian: apt-get install msmtp")
        }
        let folder = try ToolFolder("mail", in: folder)
        defer { folder.remove() }
        let input = try folder.write("message", message)
        let configuration = try folder.write("msmtprc", configuration(host))
        let complaint = folder.path("complaint")
        let run = ProgramRun(
            settings.tool, ["--file=\(configuration)", "--account=default", "--", recipient],
            within: settings.deadline, input: input, errors: complaint)
        switch run.run() {
        case .exited(let code): return Self.outcome(code, try folder.text("complaint"))
        case .signalled: return Self.outcome(-1, try folder.text("complaint"))
        case .late: return .notNow("msmtp did not end in time")
        case .notStarted: return .notNow("\(settings.tool) could not be started")
        }
    }

    /// What the exit code (sysexits.h) and the server's own words mean: answers of 5xx to the
    /// recipient or the message are for good (RFC 5321 section 4.2.1). Whatever concerns us and
    /// not this message, such as a wrong password, is tried again when it is mended.
    static func outcome(_ code: Int32, _ complaint: String) -> Outcome {
        if code == 0 { return .taken }
        let words = complaint.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
        let said = String((words.isEmpty ? "msmtp ended with \(code)" : words).prefix(500))
        let answer = complaint.firstRange(of: "server message: 5")
        let isRefused = answer != nil && (code == EX_UNAVAILABLE || code == EX_DATAERR)
        return isRefused ? .refused(said) : .notNow(said)
    }

    private static let (EX_DATAERR, EX_UNAVAILABLE): (Int32, Int32) = (65, 69)

    private func configuration(_ host: String) -> String {
        var lines = [
            "account default", "host \(host)", "port \(settings.port)",
            "from \(settings.from)", "timeout \(max(1, settings.deadline.components.seconds / 2))",
            "tls \(settings.encryption == .none ? "off" : "on")",
            "tls_starttls \(settings.encryption == .starttls ? "on" : "off")",
        ]
        if let user = settings.user {
            lines += ["auth on", "user \(user)"]
            // A program of ours would be one more: head reads the first line.
            if let file = settings.passwordFile {
                lines.append("passwordeval \"head -n 1 '\(file)'\"")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }
}
