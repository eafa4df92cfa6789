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
        let job = PrintJob(
            tool: settings.printTool, folder: settings.toolFolder,
            deadline: settings.printDeadline)
        do {
            return try await printing.run { try job.run(html) }
        } catch PrintRefusal.failed {
            logger.error("print.failed", metadata: ["tool": "\(job.tool)"])
            throw PrintRefusal.failed
        }
    }
}

/// One run of the tool. Blocks its thread, which is one of the market's own.
struct PrintJob: Sendable {
    let tool: String
    /// ``KernelSettings/toolFolder``
    let folder: String
    let deadline: Duration

    func run(_ html: String) throws -> [UInt8] {
        guard access(tool, X_OK) == 0 else { throw PrintRefusal.noTool }
        let folder = try ToolFolder("print", in: folder)
        defer { folder.remove() }
        let page = try folder.write("page.html", html)
        let print = folder.path("page.pdf")
        let arguments = ["--quiet", "--encoding", "utf-8", page, print]
        guard ProgramRun(tool, arguments, within: deadline).run() == .exited(0),
            let bytes = FileManager.default.contents(atPath: print),
            bytes.starts(with: Array("%PDF-".utf8))
        else { throw PrintRefusal.failed }
        return Array(bytes)
    }
}
