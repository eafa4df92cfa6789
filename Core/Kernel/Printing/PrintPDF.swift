import Foundation
import Glibc
import Vocabulary

/// Why something was not printed.
public enum PrintRefusal: Refusal, CaseIterable {
    case noTool, failed

    public var code: String {
        switch self {
        case .noTool: "print.no-tool"
        case .failed: "print.failed"
        }
    }

    public var reason: RefusalReason { .unavailable }

    public var explanation: String {
        switch self {
        case .noTool:
            "PDFs are printed by WeasyPrint, which is not installed here. On Debian: "
                + "apt-get install weasyprint. The CSV has the same figures."
        case .failed: "The PDF could not be printed just now. Try again, or take the CSV."
        }
    }
}

extension Marketplace {
    /// Prints a page of ours as a PDF by the tool that the settings name. Few run at a time, each
    /// in a process of its own that is ended at the deadline.
    /// - Parameter html: escaped by a template; it refers to nothing outside itself.
    /// - Throws: ``PrintRefusal``, ``WorkRefusal/busy``.
    public func printPDF(_ html: String) async throws -> [UInt8] {
        let (tool, deadline) = (settings.printTool, settings.printDeadline)
        do {
            return try await printing.run {
                try PrintJob(tool: tool, deadline: deadline).run(Array(html.utf8))
            }
        } catch PrintRefusal.failed {
            logger.error("print.failed", metadata: ["tool": "\(tool)"])
            throw PrintRefusal.failed
        }
    }
}

/// One run of the tool. Blocks its thread, which is one of the market's own.
struct PrintJob {
    let tool: String
    let deadline: Duration

    func run(_ html: [UInt8]) throws -> [UInt8] {
        guard access(tool, X_OK) == 0 else { throw PrintRefusal.noTool }
        let manager = FileManager.default
        let folder = manager.temporaryDirectory.appendingPathComponent(
            "guildhall-print-\(ID<PrintJob>())")
        try manager.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer {
            do { try manager.removeItem(at: folder) } catch { /* the system sweeps its folder */  }
        }
        let page = folder.appendingPathComponent("page.html").path
        let print = folder.appendingPathComponent("page.pdf").path
        try Data(html).write(to: URL(fileURLWithPath: page))
        guard try exitCode(of: [tool, "--quiet", "--encoding", "utf-8", page, print]) == 0,
            let bytes = manager.contents(atPath: print), bytes.starts(with: Array("%PDF-".utf8))
        else { throw PrintRefusal.failed }
        return Array(bytes)
    }

    /// Starts the program in a group of its own and waits; at the deadline the group is killed.
    private func exitCode(of arguments: [String]) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        // Nothing of ours is told to it: the environment holds the database's password.
        var environment: [UnsafeMutablePointer<CChar>?] = [
            strdup("PATH=/usr/bin:/bin"), strdup("LANG=C.UTF-8"), strdup("HOME=/nonexistent"),
        ]
        defer { for word in words + environment { free(word) } }
        words.append(nil)
        environment.append(nil)
        var child: pid_t = 0
        guard posix_spawn(&child, tool, &actions, &attributes, words, environment) == 0 else {
            throw PrintRefusal.failed
        }
        return try wait(for: child)
    }

    private func wait(for child: pid_t) throws -> Int32 {
        let end = ContinuousClock.now + deadline
        var status: Int32 = 0
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child { break }
            if ended < 0, errno != EINTR { throw PrintRefusal.failed }
            if ContinuousClock.now > end {
                kill(-child, SIGKILL)
                waitpid(child, &status, 0)
                throw PrintRefusal.failed
            }
            usleep(10_000)
        }
        return status & 0x7f == 0 ? status >> 8 & 0xff : -1
    }
}
