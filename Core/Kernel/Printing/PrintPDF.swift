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
        let folder = try ToolFolder("print")
        defer { folder.remove() }
        let page = try folder.write("page.html", String(decoding: html, as: UTF8.self))
        let print = folder.path("page.pdf")
        let process = ToolProcess(
            arguments: [tool, "--quiet", "--encoding", "utf-8", page, print], deadline: deadline)
        let code: Int32?
        do { code = try process.exitCode() } catch { throw PrintRefusal.failed }
        guard code == 0, let bytes = FileManager.default.contents(atPath: print),
            bytes.starts(with: Array("%PDF-".utf8))
        else { throw PrintRefusal.failed }
        return Array(bytes)
    }
}
