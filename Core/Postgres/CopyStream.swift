import Reactor

/// The rows of one COPY on their way from a task to the reactor, a chunk at a time, so that a slow
/// server slows the task down instead of filling memory.
///
/// Unchecked: one task uses it, and hands over to the reactor's thread by submitting.
final class CopyStream: @unchecked Sendable {
    /// What a chunk may grow to before it is sent.
    static let chunkBytes = 64 * 1024

    // The reactor's.
    private var continuation: UnsafeContinuation<Result<Void, PostgresError>, Never>?
    private var ended: PostgresError?
    private(set) var isOpen = false
    private var mayGoOn = false
    /// What libpq had no room for.
    var unsent: [UInt8]?
    /// The end that libpq had no room for, or that came before the server was ready.
    var ending: String??

    func opened() {
        isOpen = true
        mayGoOn = true
        resume()
    }

    func accepted() {
        guard isOpen else { return }
        mayGoOn = true
        resume()
    }

    func end(_ error: PostgresError) {
        ended = ended ?? error
        resume()
    }

    private func resume() {
        guard let waiting = continuation else { return }
        if let ended {
            continuation = nil
            waiting.resume(returning: .failure(ended))
        } else if mayGoOn {
            continuation = nil
            waiting.resume(returning: .success(()))
        }
    }

    /// Waits until the next chunk may be sent.
    func waitForRoom(on reactor: Reactor) async throws(PostgresError) {
        try await withUnsafeContinuation { continuation in
            reactor.submit {
                self.continuation = continuation
                self.resume()
            }
        }.get()
    }

    /// Sends a chunk; to be followed by ``waitForRoom(on:)``.
    func put(_ chunk: [UInt8], through session: TransactionSession, on reactor: Reactor) {
        reactor.submit {
            guard self.ended == nil else { return }
            self.mayGoOn = false
            session.connection?.putCopy(chunk, self)
        }
    }

    func finish(because reason: String?, through session: TransactionSession, on reactor: Reactor) {
        reactor.submit { session.connection?.endCopy(self, because: reason) }
    }

    /// One row in COPY's text format.
    static func append(_ row: [String?], to chunk: inout [UInt8]) {
        for (index, value) in row.enumerated() {
            if index > 0 { chunk.append(UInt8(ascii: "\t")) }
            guard let value else {
                chunk.append(UInt8(ascii: "\\"))
                chunk.append(UInt8(ascii: "N"))
                continue
            }
            for byte in value.utf8 {
                switch byte {
                case UInt8(ascii: "\\"): chunk += [byte, byte]
                case UInt8(ascii: "\n"): chunk += "\\n".utf8
                case UInt8(ascii: "\r"): chunk += "\\r".utf8
                case UInt8(ascii: "\t"): chunk += "\\t".utf8
                default: chunk.append(byte)
                }
            }
        }
        chunk.append(UInt8(ascii: "\n"))
    }
}

extension PostgresError {
    static var copyOver: PostgresError {
        PostgresError(.transactionOver, "the copy is at its end")
    }
}
