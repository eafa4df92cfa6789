import Reactor

/// Commands that were sent together, and the task that waits for their replies.
///
/// Unchecked because a call belongs to its task until it is submitted, and to the reactor's
/// thread from then on.
final class RedisCall: ReactorWork, @unchecked Sendable {
    let commands: [[RedisArgument]]
    private let pool: RedisPool?
    private var continuation: UnsafeContinuation<Result<[RedisReply], RedisError>, Never>?
    private var replies: [RedisReply] = []
    private(set) var isSettled = false
    private var isSubmitted = false
    private var isCancelled = false
    /// On the monotonic clock, in nanoseconds; set when the call reaches the reactor.
    var due: UInt64 = 0
    /// Runs on the reactor when all replies are there, or none will come.
    var onReplies: ((Result<[RedisReply], RedisError>) -> Void)?

    init(_ commands: [[RedisArgument]], pool: RedisPool?) {
        self.commands = commands
        self.pool = pool
    }

    func runOnReactor() {
        isSubmitted = true
        guard !isCancelled else { return settle(.failure(.cancelledByTask)) }
        pool?.take(self)
    }

    /// Takes the next reply.
    /// - Returns: whether it was the last.
    func receive(_ reply: RedisReply) -> Bool {
        replies.append(reply)
        guard replies.count == commands.count else { return false }
        settle(.success(replies))
        return true
    }

    /// Gives the waiting task its answer; later answers are dropped.
    func settle(_ result: Result<[RedisReply], RedisError>) {
        guard !isSettled else { return }
        isSettled = true
        onReplies?(result)
        onReplies = nil
        continuation?.resume(returning: result)
        continuation = nil
    }

    /// Sends the call and waits. When the task is cancelled it stops waiting at once.
    func send(on reactor: Reactor) async throws(RedisError) -> [RedisReply] {
        guard !Task.isCancelled else { throw .cancelledByTask }
        return try await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                self.continuation = continuation
                reactor.submit(self)
            }
        } onCancel: {
            reactor.submit { self.cancel() }
        }.get()
    }

    private func cancel() {
        isCancelled = true
        if isSubmitted { settle(.failure(.cancelledByTask)) }
    }
}

extension RedisError {
    static var cancelledByTask: RedisError {
        RedisError(.cancelled, "the task that waited was cancelled")
    }
}
