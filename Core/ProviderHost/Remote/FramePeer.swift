import ProviderKit
import Synchronization

/// Why a call over a connection has no answer.
enum CallFailure: Error, Sendable {
    /// Nothing of it left this process.
    case notSent
    /// Its time was over before anything of it left this process.
    case tooLate
    /// It was sent, and its time is over.
    case late
    /// It was sent, and the connection ended before the answer. `wasAlone` when no other call of
    /// this process was under way: then it is this one that the other side did not survive.
    case lost(wasAlone: Bool)
    /// The other side said no.
    case refused(ProviderError)
}

/// One connection: many calls at once in both directions, each under an id of its own.
///
/// All of its state is behind a lock: calls come from tasks, and answers from the line's thread.
final class FramePeer: Sendable {
    /// Performs what the other side calls for. The id is that of the call.
    typealias Serve =
        @Sendable (FramePeer, UInt64, [UInt8]) async -> Result<[UInt8], ProviderError>

    /// Calls that wait for an answer on one connection; more are refused at once.
    static let pendingMax = 1024
    /// Calls of the other side that are under way at once; more are answered with *unavailable*.
    static let servingMax = 1024
    /// How long the other side may take to say hello, when it runs already.
    static let helloDeadline = Duration.seconds(2)

    private typealias Pending = CheckedContinuation<Result<[UInt8], CallFailure>, Never>

    private struct State {
        var line: FrameLine?
        var nextID: UInt64 = 1
        var pending: [UInt64: Pending] = [:]
        /// Nil in the moment before its task is known.
        var serving: [UInt64: Task<Void, Never>?] = [:]
        /// What the other side said has come; whoever waits for it may not have heard yet.
        var hasHello = false
        var isGreeted = false
        var isDraining = false
        var isClosed = false

        /// Nil when the connection has ended, or is none yet.
        var wayOut: FrameLine? { isClosed ? nil : line }
    }

    private let state = Mutex(State())
    private let hello: Hello
    private let answersHello: Bool
    private let helloDeadline: Duration
    private let servingThreads: ModuleThreads?
    private let serve: Serve
    private let closed: @Sendable (FramePeer) -> Void

    /// - Parameters:
    ///   - answersHello: whether the other side speaks first.
    ///   - helloDeadline: how long it may take to.
    ///   - servesOn: where calls of the other side are performed; nil for Swift's own threads.
    ///   - closed: told once, when the connection has ended.
    init(
        _ hello: Hello, answersHello: Bool, within helloDeadline: Duration = helloDeadline,
        servesOn servingThreads: ModuleThreads? = nil, serve: @escaping Serve,
        closed: @escaping @Sendable (FramePeer) -> Void = { _ in }
    ) {
        self.servingThreads = servingThreads
        self.hello = hello
        self.answersHello = answersHello
        self.helloDeadline = helloDeadline
        self.serve = serve
        self.closed = closed
    }

    /// Begins on a connected socket, which belongs to this from now on. Once.
    func start(on socket: Int32) {
        let line = FrameLine(socket)
        state.withLock { $0.line = line }
        _ = AlarmClock.shared.set(at: .now + helloDeadline) { [weak self] in
            if let self, !state.withLock({ $0.hasHello }) { close() }
        }
        line.read { [self] frame in
            received(frame)
        } ended: { [self] in
            ended()
        }
    }

    /// Whether new calls may be brought here.
    var isUsable: Bool { state.withLock { !$0.isClosed && !$0.isDraining && $0.isGreeted } }
    var pendingCount: Int { state.withLock { $0.pending.count } }
    var servingCount: Int { state.withLock { $0.serving.count } }

    /// Speaks first, and waits for the other side's hello.
    /// - Throws: a sentence, when the two cannot talk.
    @discardableResult func greet() async throws(HelloFailure) -> Hello {
        let body: [UInt8]
        do { body = try FrameText.encode(hello) } catch { throw HelloFailure("\(error)") }
        let answer = await exchange(.hello, id: 0, body)
        guard case .success(let bytes) = answer,
            let theirs = try? FrameText.decode(bytes, as: Hello.self)
        else {
            close()
            if case .failure(.refused(let error)) = answer { throw HelloFailure("\(error)") }
            throw HelloFailure("It did not say hello.")
        }
        if let problem = theirs.problem {
            close()
            throw HelloFailure(problem)
        }
        state.withLock { $0.isGreeted = true }
        return theirs
    }

    /// Asks the other side. Cancelled, or at `end`, it tells the other side and returns at once.
    func call(
        _ body: [UInt8], until end: ContinuousClock.Instant? = nil
    ) async -> Result<[UInt8], CallFailure> {
        guard body.count <= Frame.bytesMax else { return .failure(.refused(Self.tooLarge)) }
        let id = state.withLock { state in
            defer { state.nextID += 1 }
            return state.nextID
        }
        let alarm = end.map { end in
            AlarmClock.shared.set(at: end) { [self] in giveUp(id, .late) }
        }
        defer { if let alarm { AlarmClock.shared.cancel(alarm) } }
        return await withTaskCancellationHandler {
            await exchange(.call, id: id, body, until: end)
        } onCancel: {
            giveUp(id, .lost(wasAlone: false))
        }
    }

    private func giveUp(_ id: UInt64, _ failure: CallFailure) {
        settle(id, .failure(failure), telling: Frame(kind: .cancel, id: id))
    }

    /// Asks the other side to bring new calls elsewhere.
    func drain() { write(Frame(kind: .drain, id: 0)) }

    func close() { state.withLock { $0.line }?.close() }

    private func exchange(
        _ kind: Frame.Kind, id: UInt64, _ body: [UInt8],
        until end: ContinuousClock.Instant? = nil
    ) async -> Result<[UInt8], CallFailure> {
        await withCheckedContinuation { continuation in
            let outcome: Result<FrameLine, CallFailure> = state.withLock { state in
                // Who drains has asked for new calls to be brought elsewhere.
                let isElsewhere = state.isClosed || state.isDraining && kind == .call
                guard !isElsewhere, !Task.isCancelled, let line = state.line else {
                    return .failure(.notSent)
                }
                guard state.pending.count < Self.pendingMax, line.isWritable else {
                    return .failure(.refused(Self.busy))
                }
                // Under the lock: an alarm that rang before found nobody waiting.
                if let end, ContinuousClock.now >= end { return .failure(.tooLate) }
                state.pending[id] = continuation
                return .success(line)
            }
            switch outcome {
            case .failure(let failure): continuation.resume(returning: .failure(failure))
            case .success(let line):
                // What was handed to the system may have been read, even when the rest was not.
                let goesOut = line.send(Frame(kind: kind, id: id, body: body)) { [self] in
                    settle(id, .failure(.lost(wasAlone: false)))
                }
                if !goesOut { settle(id, .failure(.notSent)) }
            }
        }
    }

    /// - Parameter notice: goes to the other side when somebody still waited, before a connection
    ///   ends that is not needed any more.
    private func settle(
        _ id: UInt64, _ result: Result<[UInt8], CallFailure>, telling notice: Frame? = nil
    ) {
        let (pending, isDone) = state.withLock { state in
            let pending = state.pending.removeValue(forKey: id)
            return (pending, state.isDraining && state.pending.isEmpty)
        }
        pending?.resume(returning: result)
        if pending != nil, let notice { write(notice) }
        if isDone { close() }
    }

    private func write(_ frame: Frame) {
        _ = state.withLock { $0.wayOut }?.send(frame)
    }

    static let busy = ProviderError.unavailable(
        message: "too many calls are under way", retryAfterSeconds: 1)
    /// Nothing was sent; that says nothing about an earlier try of the same call.
    static let tooLarge = ProviderError.unavailable(
        message: "no frame holds more than \(Frame.bytesMax) bytes", retryAfterSeconds: nil)
    /// It was done, whatever the answer was.
    static let endlessAnswer = ProviderError.ambiguous(
        message: "no frame holds the answer, of more than \(Frame.bytesMax) bytes")

    // MARK: What comes in, on the line's thread

    private func received(_ frame: Frame) {
        switch frame.kind {
        case .hello: greeted(frame)
        case .call: called(frame)
        case .answer: settle(frame.id, .success(frame.body))
        case .error:
            let error = try? FrameText.decode(frame.body, as: ProviderError.self)
            let nonsense = ProviderError.ambiguous(message: "the answer could not be read")
            settle(frame.id, .failure(.refused(error ?? nonsense)))
        case .cancel: (state.withLock { $0.serving[frame.id] } ?? nil)?.cancel()
        case .drain:
            let isDone = state.withLock { state in
                state.isDraining = true
                return state.pending.isEmpty
            }
            if isDone { close() }
        }
    }

    private func ended() {
        // What was begun for somebody who has gone goes on: it may move money.
        let pending = state.withLock { state in
            state.isClosed = true
            defer { state.pending = [:] }
            return state.pending
        }
        let loss = CallFailure.lost(wasAlone: pending.count == 1)
        for waiting in pending.values { waiting.resume(returning: .failure(loss)) }
        closed(self)
    }

    private func greeted(_ frame: Frame) {
        state.withLock { $0.hasHello = true }
        guard answersHello else {
            settle(0, .success(frame.body))
            return
        }
        let theirs = try? FrameText.decode(frame.body, as: Hello.self)
        if let theirs, theirs.problem == nil, let body = try? FrameText.encode(hello) {
            state.withLock { $0.isGreeted = true }
            write(Frame(kind: .hello, id: 0, body: body))
        } else {
            let reason = theirs?.problem ?? "\(FrameNonsense())"
            answer(0, .failure(.invalidRequest(code: "frame.version", message: reason)))
            close()
        }
    }

    private func called(_ frame: Frame) {
        let refusal: ProviderError? = state.withLock { state in
            guard state.isGreeted else {
                return .unavailable(message: "say hello first", retryAfterSeconds: nil)
            }
            guard state.serving.count < Self.servingMax else { return Self.busy }
            state.serving.updateValue(nil, forKey: frame.id)
            return nil
        }
        if let refusal { return answer(frame.id, .failure(refusal)) }
        // Not under the lock, which the thread that it wakes would wait for at once.
        let task = Task(executorPreference: servingThreads) { [self] in
            finish(frame.id, await serve(self, frame.id, frame.body))
        }
        let isUnderWay = state.withLock { state in
            guard state.serving.keys.contains(frame.id) else { return false }
            state.serving.updateValue(task, forKey: frame.id)
            return true
        }
        if !isUnderWay { task.cancel() }
    }

    /// Answers a call that is still under way, and leaves it to itself: what it comes to later is
    /// dropped.
    func leave(_ id: UInt64, _ error: ProviderError) {
        let task = state.withLock { $0.serving.removeValue(forKey: id) }
        guard let task else { return }
        answer(id, .failure(error))
        task?.cancel()
    }

    private func finish(_ id: UInt64, _ result: Result<[UInt8], ProviderError>) {
        let (isWaitedFor, way) = state.withLock { state in
            (state.serving.removeValue(forKey: id) != nil, state.wayOut)
        }
        if isWaitedFor { answer(id, result, by: way) }
    }

    private func answer(_ id: UInt64, _ result: Result<[UInt8], ProviderError>) {
        answer(id, result, by: state.withLock { $0.wayOut })
    }

    private func answer(
        _ id: UInt64, _ result: Result<[UInt8], ProviderError>, by way: FrameLine?
    ) {
        guard let way else { return }
        // Who reads no answers is hung up on.
        guard way.isWritable else { return way.close() }
        let frame =
            switch result {
            case .success(let body) where body.count > Frame.bytesMax:
                Self.error(id, Self.endlessAnswer)
            case .success(let body): Frame(kind: .answer, id: id, body: body)
            case .failure(let error): Self.error(id, error)
            }
        _ = way.send(frame)
    }

    private static func error(_ id: UInt64, _ error: ProviderError) -> Frame {
        Frame(kind: .error, id: id, body: (try? FrameText.encode(error)) ?? [])
    }
}

/// Why the two sides of a connection cannot talk.
struct HelloFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
