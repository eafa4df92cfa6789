import Glibc

/// A log on disk that stays small however long it is written: when it is full it becomes `….1`, in
/// the place of the one before.
struct LogFile: Sendable {
    private let path: String
    private let bytesMax: Int
    private var descriptor: Int32
    private var bytes: Int

    /// Goes on with what is there.
    init(_ path: String, bytesMax: Int) {
        self.path = path
        self.bytesMax = bytesMax
        descriptor = Self.opened(path)
        var status = stat()
        bytes = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    mutating func append(_ line: [UInt8]) {
        if bytes > 0, bytes + line.count > bytesMax { turnOver() }
        let count = descriptor >= 0 ? write(descriptor, line, line.count) : 0
        bytes += max(0, count)
    }

    func close() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }

    private mutating func turnOver() {
        close()
        rename(path, path + ".1")
        descriptor = Self.opened(path)
        // Where it could not be set aside, it is not tried again at every line.
        bytes = 0
    }

    private static func opened(_ path: String) -> Int32 {
        open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
    }
}
