import Foundation
import Glibc

/// The bank's memory on disk: one JSON line per change, appended before anybody hears of it. A
/// process that is killed loses nothing; the last line may be cut and is then left out.
final class Journal {
    private let descriptor: Int32

    /// Opens or makes the file, and hands every record in it to `replay`, oldest first.
    init(path: String, replay: (JournalRecord) -> Void) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw JournalError(path: path, code: errno) }
        let whole = try Data(contentsOf: URL(filePath: path))
        var complete = 0
        for line in whole.split(separator: 10, omittingEmptySubsequences: false) {
            guard complete + line.count < whole.count else { break }
            complete += line.count + 1
            if line.isEmpty { continue }
            replay(try JSONDecoder().decode(JournalRecord.self, from: line))
        }
        if complete < whole.count {
            guard ftruncate(descriptor, off_t(complete)) == 0 else {
                throw JournalError(path: path, code: errno)
            }
        }
    }

    deinit { close(descriptor) }

    /// A bank that cannot write down what it does must not do it.
    func append(_ records: [JournalRecord]) {
        let text = records.map { Wire.encode($0) + "\n" }.joined()
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                if errno == EINTR { continue }
                preconditionFailure("the journal cannot be written: \(errno)")
            }
            rest = rest.dropFirst(count)
        }
    }
}

struct JournalError: Error, CustomStringConvertible {
    let path: String
    let code: Int32

    var description: String { "\(path) cannot be opened: \(String(cString: strerror(code)))" }
}
