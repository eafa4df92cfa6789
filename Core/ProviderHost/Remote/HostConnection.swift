import Glibc
public import Logging
public import ProviderKit
import Synchronization
import Vocabulary

/// A process's connection to the provider host. It is made when it is needed, and again whenever it
/// breaks; who calls meanwhile waits, because a host that is put anew is back within a moment.
public final class HostConnection: Sendable {
    /// How long a call waits for a host before it is told that there is none: longer than a
    /// restart takes.
    public static let patience = Duration.seconds(5)
    /// Callers who wait for a connection; more are told at once that there is none.
    static let waitersMax = 1024
    /// How long to wait between two tries, doubled each time.
    static let firstPause = Duration.milliseconds(5)
    static let longestPause = Duration.milliseconds(250)

    /// A call that was under way at the end of so many hosts is no accident.
    static let lossesMax = 2

    private typealias Waiter = CheckedContinuation<Bool, Never>

    private struct State {
        var current: FramePeer?
        /// Counts the connections that were made.
        var session = 0
        var isClosed = false
        var nextWaiter = 0
        var room = WaitingRoom<Waiter>(placesMax: HostConnection.waitersMax)
        var problem = "nobody listens"
    }

    private let path: String
    private let name: String
    private let patience: Duration
    private let logger: Logger
    private let state = Mutex(State())
    private let suspects = OneAtATime()

    /// - Parameters:
    ///   - path: the host's socket.
    ///   - name: what this process is called in the host's log.
    ///   - patience: how long a call waits for a host.
    public init(
        path: String, name: String, patience: Duration = HostConnection.patience, logger: Logger
    ) {
        self.patience = patience
        self.path = path
        self.name = name
        self.logger = logger
    }

    deinit { state.withLock { $0.current }?.close() }

    /// Changes whenever another host may be at the other end.
    public var session: Int { state.withLock { $0.session } }

    /// Ends the connection for good.
    public func close() {
        let peer = state.withLock { state in
            state.isClosed = true
            return state.current
        }
        peer?.close()
    }

    /// The line to one instance, as it is with the settings of `version`.
    /// - Throws: `invalidRequest` with the host's own code when it has no such instance.
    public func open(
        _ instance: String, version: Int, _ context: OperationContext
    ) async throws(ProviderError) -> (line: RemoteLine, descriptor: ModuleDescriptor) {
        let call = HostCall(instance: instance, version: version, context: context, desk: .open)
        let opened = try await ask(call, as: OpenedInstance.self)
        let line = RemoteLine(
            connection: self, instance: instance, version: version, roles: opened.roles)
        return (line, opened.descriptor)
    }

    public func status(
        within limit: Duration = .seconds(2)
    ) async throws(ProviderError) -> HostStatus {
        let context = OperationContext(key: "status", within: limit)
        return try await ask(HostCall(context: context, desk: .status), as: HostStatus.self)
    }

    /// Asks the host to have itself replaced by a new one.
    public func replace() async throws(ProviderError) {
        let context = OperationContext(key: "replace", within: .seconds(5))
        _ = try await ask(HostCall(context: context, desk: .replace), as: Nothing.self)
    }

    /// Asks what the market's side of the host answers. It must be free to ask twice.
    public func ask(
        market body: [UInt8], _ context: OperationContext
    ) async throws(ProviderError) -> [UInt8] {
        let question = DeskQuestion.market(body: Base64(wrappedValue: body))
        return try await send(HostCall(context: context, desk: question), isRepeatable: true)
    }

    /// What a module is asked.
    func ask(
        module call: HostCall, isRepeatable: Bool
    ) async throws(ProviderError) -> ProviderReply {
        try Self.read(try await send(call, isRepeatable: isRepeatable), as: ProviderReply.self)
    }

    private func ask<Answer: Decodable & Sendable>(
        _ call: HostCall, as type: Answer.Type
    ) async throws(ProviderError) -> Answer {
        try Self.read(try await send(call, isRepeatable: true), as: type)
    }

    private static func read<Answer: Decodable>(
        _ bytes: [UInt8], as type: Answer.Type
    ) throws(ProviderError) -> Answer {
        guard let answer = try? FrameText.decode(bytes, as: type) else {
            throw .ambiguous(message: "the provider host's answer could not be read")
        }
        return answer
    }

    /// What was certainly not sent is sent again; what was sent and lost only where that is free,
    /// of one instance one such call after the other. What is lost once more is sent alone: the one
    /// that makes its module trap then ends nobody else's call.
    private func send(_ call: HostCall, isRepeatable: Bool) async throws(ProviderError) -> [UInt8] {
        guard let end = call.context.end else { throw HostFault.tooLate }
        let body = try FrameText.encode(call)
        var losses = 0
        var lanes: [String] = []
        defer { for lane in lanes { suspects.leave(lane) } }
        while true {
            let peer = try await peer(before: call.context.deadline)
            switch await peer.call(body, until: end) {
            case .success(let answer): return answer
            case .failure(.refused(let error)): throw error
            case .failure(.tooLate): throw HostFault.tooLate
            case .failure(.late): throw HostFault.late
            case .failure(.notSent):
                if Task.isCancelled { throw HostFault.unreachable("given up") }
                leave(peer)
            case .failure(.lost(let wasAlone)):
                guard isRepeatable, losses < Self.lossesMax, !Task.isCancelled else {
                    let isItsFault = wasAlone || losses == Self.lossesMax
                    throw isItsFault ? HostFault.fatal : HostFault.broken
                }
                losses += 1
                if losses <= 2 {
                    let lane = losses == 1 ? "of \(call.instance ?? "none")" : "of all"
                    let end = Self.lastMoment(of: call.context.deadline)
                    guard await suspects.enter(lane, before: end) else {
                        throw HostFault.unreachable("others are asked again first")
                    }
                    lanes.append(lane)
                }
                if Task.isCancelled { throw HostFault.broken }
            }
        }
    }

    /// Until when a call may wait to be sent: before it is cut off, so that it is known that it was
    /// not.
    private static func lastMoment(of deadline: Instant) -> ContinuousClock.Instant {
        let left = deadline.microsecondsSince1970 - Instant.systemNow.microsecondsSince1970
        return .now + .microseconds(left - 20_000)
    }

    private func peer(before deadline: Instant) async throws(ProviderError) -> FramePeer {
        // Before the call is cut off, so that it is known that nothing was sent.
        let end = min(
            deadline.advanced(by: .milliseconds(-20)),
            Instant.systemNow.advanced(by: patience))
        while true {
            let found = state.withLock { $0.current }
            if let found, found.isUsable { return found }
            if Task.isCancelled { throw HostFault.unreachable("given up") }
            guard Instant.systemNow < end else {
                throw HostFault.unreachable(state.withLock { $0.problem })
            }
            guard await wait(until: end) else {
                throw HostFault.unreachable("too many wait for it")
            }
        }
    }

    /// - Returns: false when too many wait already.
    private func wait(until end: Instant) async -> Bool {
        let number = state.withLock { state in
            defer { state.nextWaiter += 1 }
            return state.nextWaiter
        }
        let left = end.microsecondsSince1970 - Instant.systemNow.microsecondsSince1970
        let moment = ContinuousClock.now + .microseconds(left)
        let alarm = AlarmClock.shared.set(at: moment) { [self] in wake(number) }
        let isWelcome = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in enter(waiter, number, moment) }
        } onCancel: {
            wake(number)
        }
        AlarmClock.shared.cancel(alarm)
        return isWelcome
    }

    private func enter(_ waiter: Waiter, _ number: Int, _ end: ContinuousClock.Instant) {
        let place = state.withLock { state -> WaitingRoom<Waiter>.Place? in
            guard !state.isClosed else { return .full }
            // Whoever wakes them may have done so before.
            let isOver = Task.isCancelled || ContinuousClock.now >= end
            guard !isOver, state.current?.isUsable != true else { return nil }
            return state.room.enter(waiter, as: number)
        }
        switch place {
        case nil: waiter.resume(returning: true)
        case .full: waiter.resume(returning: false)
        case .waits: break
        case .waitsAsFirst: Task { await connect() }
        }
    }

    private func wake(_ number: Int) {
        state.withLock { $0.room.leave(number) }?.resume(returning: true)
    }

    /// Tries until it succeeds or nobody waits any more.
    private func connect() async {
        var pause = Self.firstPause
        while true {
            do {
                let peer = try await attempt()
                let (waiters, isClosed) = state.withLock { state in
                    state.current = peer
                    state.session += 1
                    return (state.room.connected(), state.isClosed)
                }
                if isClosed { peer.close() }
                for waiter in waiters { waiter.resume(returning: true) }
                return
            } catch {
                let goesOn = state.withLock { state in
                    state.problem = "\(error)"
                    return state.room.failed() && !state.isClosed
                }
                guard goesOn else { return }
                if pause == Self.longestPause {
                    logger.warning("provider-host.unreachable", metadata: ["error": "\(error)"])
                }
            }
            _ = try? await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }

    private func attempt() async throws -> FramePeer {
        let peer = FramePeer(.ours(name), answersHello: false) { _, _, _ in
            .failure(.unsupported(operation: "a host asks nothing of the market"))
        } closed: { [weak self] peer in
            self?.leave(peer)
        }
        let socket = try UnixSocket.connect(to: path)
        // Somebody else's program in the host's place could say that a payment was made.
        do { try SocketPeer.check(socket, isOneOf: SocketPeer.ownUsers) } catch {
            Glibc.close(socket)
            throw error
        }
        peer.start(on: socket)
        try await peer.greet()
        return peer
    }

    private func leave(_ peer: FramePeer) {
        state.withLock { if $0.current === peer { $0.current = nil } }
    }
}

/// One instance behind a provider host.
public struct RemoteLine: ProviderLine {
    let connection: HostConnection
    let instance: String
    let version: Int
    public let roles: Set<ProviderRole>
    public var keepsDeadlines: Bool { true }

    public func ask(
        _ question: ProviderQuestion, _ context: OperationContext
    ) async throws(ProviderError) -> ProviderReply {
        let call = HostCall(
            instance: instance, version: version, context: context, question: question)
        return try await connection.ask(module: call, isRepeatable: question.isRepeatable)
    }
}

extension ProviderQuestion {
    /// Whether asking again, not knowing what became of the first time, changes nothing.
    var isRepeatable: Bool {
        switch self {
        case .start, .capture, .void, .refund, .pay, .openAccount, .transfer, .reverse, .payOut:
            false
        case .check, .methods, .lookup, .lookupRefund, .verify, .events, .confirmed,
            .lookupPayout, .file, .onboardingLink, .account, .lookupReversal, .balance, .disputes,
            .lookupDispute, .bankPayoutsIn, .bankPayouts, .funds, .lookupBankPayout,
            .originalBankPayout, .quotes, .calculate:
            true
        }
    }
}
