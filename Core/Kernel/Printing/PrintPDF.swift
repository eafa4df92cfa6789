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
        let arguments = ["--quiet", "--encoding", "utf-8", page, print]
        guard ProgramRun(tool, arguments, within: deadline).run() == .exited(0),
            let bytes = manager.contents(atPath: print), bytes.starts(with: Array("%PDF-".utf8))
        else { throw PrintRefusal.failed }
        return Array(bytes)
    }
}
