import Foundation
import Vocabulary

/// A folder of one run of a program, that nobody else may read.
struct ToolFolder {
    private let url: URL

    init(_ purpose: String) throws {
        let manager = FileManager.default
        url = manager.temporaryDirectory.appendingPathComponent(
            "guildhall-\(purpose)-\(ID<ToolFolder>())")
        try manager.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// - Returns: its path. Only its owner may read it.
    func write(_ name: String, _ text: String) throws -> String {
        let path = path(name)
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw ToolFolderFault(path: path) }
        return path
    }

    /// Empty when there is no such file.
    func text(_ name: String) throws -> String {
        String(decoding: FileManager.default.contents(atPath: path(name)) ?? Data(), as: UTF8.self)
    }

    func remove() {
        do { try FileManager.default.removeItem(at: url) } catch
        { /* the system sweeps its folder */  }
    }
}

/// The folder cannot be written to.
struct ToolFolderFault: Error {
    let path: String
}
