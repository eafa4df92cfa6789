import ArgumentParser
import Foundation
import Logging
import Postgres
import Reactor

/// `guildhall doctor`: what is missing, in words, with the command that mends it.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Says what is missing or out of order, and the command that mends it.")

    func run() async throws {
        let settings: Settings
        do {
            settings = try Settings.read()
        } catch {
            say("\(error)")
            say("  Run it through Config/run, or set them as Config/settings.env.example shows.")
            throw ExitCode(1)
        }
        let findings = await Diagnosis(settings: settings).findings()
        for finding in findings { say(finding.line) }
        if findings.contains(where: { !$0.isWell }) { throw ExitCode(1) }
    }
}

/// One thing that was looked at.
struct Finding: Sendable {
    let subject: String
    /// Nil when all is well.
    let problem: String?
    let remedy: String?
    var isWell: Bool { problem == nil }

    static func well(_ subject: String) -> Finding {
        Finding(subject: subject, problem: nil, remedy: nil)
    }

    static func wrong(_ subject: String, _ problem: String, _ remedy: String) -> Finding {
        // libpq's reasons come in several lines.
        let words = problem.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return Finding(subject: subject, problem: words, remedy: remedy)
    }

    var line: String {
        guard let problem else { return "  well   \(subject)" }
        return "  WRONG  \(subject): \(problem)" + (remedy.map { "\n         → \($0)" } ?? "")
    }
}
