import CSpawn
import Glibc
import ProviderKit
import Synchronization

/// What a module's programs say on their standard error, on its way to ours, which is the host's
/// log: line by line, each after the module's name, and without the secrets that they were told.
final class ErrorStream: Sendable {
    private let name: String
    private let discretion = Mutex(Discretion())
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameter write: takes each line with its end; nil for our own standard error.
    init(of name: String, to write: (@Sendable ([UInt8]) -> Void)? = nil) {
        self.name = name
        self.write =
            write ?? { line in
                // One write per line, so that lines of several threads do not mix.
                _ = Glibc.write(STDERR_FILENO, line, line.count)
            }
    }

    /// Told before a program is. What one was told once is kept back for good: the next one may
    /// still find it somewhere.
    func learn(_ settings: InstanceSettings) {
        discretion.withLock { $0.learn(settings) }
    }

    /// Where a program may write, until everybody who can has closed it.
    func opened() throws(SystemFailure) -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw SystemFailure(code: errno) }
        let (ours, theirs) = (ends[0], ends[1])
        do throws(SystemFailure) {
            try OwnThread.run { self.follow(ours) }
        } catch {
            close(ours)
            close(theirs)
            throw error
        }
        return theirs
    }

    private func follow(_ descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        var lines = DiscreetLines()
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            pass(lines.take(buffer[..<count], discretion.withLock { $0 }))
        }
        pass(lines.end(discretion.withLock { $0 }))
        close(descriptor)
    }

    private func pass(_ lines: [[UInt8]]) {
        for line in lines { write(Array("\(name): ".utf8) + line + [0x0A]) }
    }
}
