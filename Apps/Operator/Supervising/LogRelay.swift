import Foundation
import Glibc
import Synchronization

/// Carries children's output, line by line, to a file each and, where wanted, to the console.
final class LogRelay: Sendable {
    /// A file that has grown beyond this is set aside once as `….1` when the child starts.
    static let fileBytesMax = 50_000_000

    private let folder: String
    private let console: Console

    enum Console: Sendable {
        case nothing
        /// Warnings and worse, and whatever is not one of our log lines.
        case important
        case everything
    }

    init(folder: String, console: Console) throws {
        self.folder = folder
        self.console = console
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    func path(of name: String) -> String { "\(folder)/\(name).log" }

    /// Reads `descriptor` until its end on a thread of its own.
    func follow(_ descriptor: Int32, as name: String) {
        let file = open(rotated(name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 16_384)
            var line: [UInt8] = []
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                for byte in buffer[..<count] {
                    line.append(byte)
                    guard byte == 0x0A || line.count >= 16_384 else { continue }
                    pass(line, of: name, to: file)
                    line.removeAll(keepingCapacity: true)
                }
            }
            if !line.isEmpty { pass(line + [0x0A], of: name, to: file) }
            close(descriptor)
            if file >= 0 { close(file) }
        }
    }

    private func pass(_ line: [UInt8], of name: String, to file: Int32) {
        if file >= 0 { _ = Glibc.write(file, line, line.count) }
        guard shown(line) else { return }
        let prefix = "[" + name + "] "
        let whole = Array(prefix.utf8) + line
        _ = Glibc.write(STDERR_FILENO, whole, whole.count)
    }

    private func shown(_ line: [UInt8]) -> Bool {
        switch console {
        case .nothing: return false
        case .everything: return true
        case .important:
            let text = String(decoding: line.prefix(200), as: UTF8.self)
            guard text.hasPrefix("{") else { return true }
            return [#""level":"warning""#, #""level":"error""#, #""level":"critical""#]
                .contains(where: text.contains)
        }
    }

    private func rotated(_ name: String) -> String {
        let path = path(of: name)
        var status = stat()
        if stat(path, &status) == 0, status.st_size > Self.fileBytesMax {
            rename(path, path + ".1")
        }
        return path
    }
}
