import Foundation
import Glibc
import Synchronization

/// Carries children's output, line by line, to a file each and, where wanted, to the console.
final class LogRelay: Sendable {
    private let folder: String
    private let fileBytesMax: Int
    private let console: Console

    enum Console: Sendable {
        case nothing
        /// Warnings and worse, and whatever is not one of our log lines.
        case important
        case everything
    }

    /// - Parameter fileBytesMax: of each child there are two files of this size at most.
    init(folder: String, console: Console, fileBytesMax: Int = 50_000_000) throws {
        self.folder = folder
        self.fileBytesMax = fileBytesMax
        self.console = console
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    func path(of name: String) -> String { "\(folder)/\(name).log" }

    /// Reads `descriptor` until its end on a thread of its own.
    func follow(_ descriptor: Int32, as name: String) {
        let opened = LogFile(path(of: name), bytesMax: fileBytesMax)
        Thread.detachNewThread { [self] in
            var file = opened
            var buffer = [UInt8](repeating: 0, count: 16_384)
            var line: [UInt8] = []
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                for byte in buffer[..<count] {
                    line.append(byte)
                    guard byte == 0x0A || line.count >= 16_384 else { continue }
                    pass(line, of: name, to: &file)
                    line.removeAll(keepingCapacity: true)
                }
            }
            if !line.isEmpty { pass(line + [0x0A], of: name, to: &file) }
            close(descriptor)
            file.close()
        }
    }

    private func pass(_ line: [UInt8], of name: String, to file: inout LogFile) {
        file.append(line)
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
}
