import Glibc
import TestServers

/// A pipe with a name in a folder, for the words of a program, whose reader goes away when told.
final class NamedPipe: Sendable {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        guard mkfifo(path, 0o600) == 0 else { throw ServerFailure("no pipe can be made") }
        // For both ends, or it would wait here for who writes.
        descriptor = open(path, O_RDWR | O_CLOEXEC)
    }

    /// From now on whoever writes is told that nobody reads.
    func close() { _ = Glibc.close(descriptor) }
}
