import Foundation
import Glibc
import Vocabulary

/// A folder of one run of a program, that nobody else may read.
struct ToolFolder {
    private let path: String

    /// - Parameter home: where the market has such folders, ``KernelSettings/toolFolder``; made
    ///   when there is none.
    init(_ purpose: String, in home: String) throws {
        let files = FileManager.default
        try files.createDirectory(atPath: home, withIntermediateDirectories: true)
        try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: home)
        path = "\(home)/\(purpose)-\(ID<ToolFolder>())"
        try files.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700]
        )
    }

    func path(_ name: String) -> String { path + "/" + name }

    /// - Returns: its path. Only its owner may read it.
    func write(_ name: String, _ text: String) throws -> String {
        try write(name, Data(text.utf8))
    }

    /// The same with bytes.
    func write(_ name: String, _ bytes: Data) throws -> String {
        let path = path(name)
        guard
            FileManager.default.createFile(
                atPath: path, contents: bytes, attributes: [.posixPermissions: 0o600])
        else { throw ToolFolderFault(path: path) }
        return path
    }

    /// Empty when there is no such file.
    func text(_ name: String) throws -> String {
        String(decoding: FileManager.default.contents(atPath: path(name)) ?? Data(), as: UTF8.self)
    }

    func remove() {
        do { try FileManager.default.removeItem(atPath: path) } catch
        { /* the sweep takes it away */  }
    }
}

extension ToolFolder {
    /// Longer than any program may run: what is older is of a process that died meanwhile.
    static let oldSeconds = 600
    /// What one sweep looks at; the next one goes on.
    static let sweepMax = 1000

    /// Takes away what is old. What cannot be taken away stays, and nothing is wrong with no home.
    /// - Returns: how many folders that were.
    static func sweep(_ home: String) -> Int {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: home) else {
            return 0
        }
        let oldest = time(nil) - oldSeconds
        var count = 0
        for name in names.prefix(sweepMax) {
            let path = home + "/" + name
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mtim.tv_sec < oldest else { continue }
            // Another process may be sweeping too.
            do { try FileManager.default.removeItem(atPath: path) } catch { continue }
            count += 1
        }
        return count
    }
}

extension Marketplace {
    /// Takes away what processes of this machine left when they were killed while a program worked
    /// for them: letters, with the links that are in them, and pages. Run by every process at its
    /// start and now and then; twice at the same time is no matter.
    /// - Returns: how many runs' folders were left.
    @discardableResult
    public func sweepToolFolder() async throws -> Int {
        let home = settings.toolFolder
        let count = try await files.run { ToolFolder.sweep(home) }
        if count > 0 { logger.info("tools.swept", metadata: ["folders": "\(count)"]) }
        return count
    }
}

/// The folder cannot be written to.
struct ToolFolderFault: Error {
    let path: String
}
