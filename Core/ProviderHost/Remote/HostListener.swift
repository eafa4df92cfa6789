import Glibc
public import Logging
public import ProviderKit
import Synchronization
import Vocabulary

/// What a provider host offers: the instances that it can make, and the market's own questions.
public protocol HostedProviders: Sendable {
    /// The live object of an instance with the settings of `version` or newer ones.
    /// - Throws: `invalidRequest` with a code that the market's side understands.
    func hosted(_ instance: String, version: Int) async throws(ProviderError) -> ProviderGuard

    /// Anything else that the market asks, in its own JSON.
    func answer(
        _ body: [UInt8], _ context: OperationContext
    ) async throws(ProviderError) -> [UInt8]

    /// Key and version of every module that is loaded.
    var moduleNames: [String] { get }

    /// Whether modules' programs have no network but the host's; nil where that is not known.
    func areProgramsApart() async -> Bool?
}

/// The provider host's end of the socket. A new one takes the address over from an old one that
/// still serves its connections.
public final class HostListener: Sendable {
    private struct State {
        var peers: [ObjectIdentifier: FramePeer] = [:]
        var served = 0
        var failed = 0
        var isDraining = false
    }

    /// The market's processes at one machine, and room to spare.
    static let peersMax = 256

    private let path: String
    private let providers: any HostedProviders
    private let replace: @Sendable () throws(ProviderError) -> Void
    private let users: Set<uid_t>
    private let logger: Logger
    private let startedAt = Instant.systemNow
    private let state = Mutex(State())
    private let overdue = OverdueCalls()

    /// - Parameters:
    ///   - path: where to listen; at most 100 bytes, as Unix sockets are. Its folder is made where
    ///     it is missing, and has to be this user's alone.
    ///   - replace: has a new host started beside this one.
    public convenience init(
        path: String, providers: any HostedProviders,
        replace: @escaping @Sendable () throws(ProviderError) -> Void = {
            () throws(ProviderError) in throw .unsupported(operation: "nobody supervises it")
        }, logger: Logger
    ) {
        self.init(
            path: path, providers: providers, users: SocketPeer.ownUsers, replace: replace,
            logger: logger)
    }

    /// - Parameter users: who may connect, whatever the modes of the socket and its folder say.
    init(
        path: String, providers: any HostedProviders, users: Set<uid_t>,
        replace: @escaping @Sendable () throws(ProviderError) -> Void, logger: Logger
    ) {
        self.path = path
        self.users = users
        self.providers = providers
        self.replace = replace
        self.logger = logger
    }

    /// Listens until the task is cancelled or another takes the address over. Then it asks
    /// everybody to bring new calls elsewhere, answers what is under way for at most `grace`, and
    /// returns.
    public func run(grace: Duration, listening: @Sendable () -> Void = {}) async throws {
        let (door, inode) = try bind()
        logger.info("provider-host.listening", metadata: ["socket": "\(path)"])
        listening()
        do {
            while Self.inode(at: path) == inode { try await Task.sleep(for: Self.lookAround) }
        } catch {
            // Cancelled: the end of it.
        }
        // In a task of its own, because this one is cancelled and would not wait for anything.
        await Task { await drain(door, grace) }.value
        if Self.inode(at: path) == inode { unlink(path) }
        logger.info("provider-host.drained")
    }

    /// Listens under a name of its own first and takes the address in one step, so that at every
    /// moment somebody is there.
    private func bind() throws -> (Door, inode: UInt64) {
        let own = "\(path).\(getpid())"
        try SocketFolder.prepare(for: path)
        unlink(own)
        // From its first moment on, not only once its mode is changed.
        let mask = umask(0o077)
        defer { umask(mask) }
        let door = try Door(at: own)
        // Before the address is taken: a host that lets nobody in must not have it.
        do throws(SystemFailure) {
            try door.open { [self] socket in welcome(socket) }
        } catch {
            unlink(own)
            let reason = String(cString: strerror(error.code))
            throw HostListenerError(description: "nobody can be let in at \(path): \(reason)")
        }
        // Whoever can connect can move money: nobody but this user.
        guard chmod(own, 0o600) == 0, let inode = Self.inode(at: own), rename(own, path) == 0 else {
            let reason = String(cString: strerror(errno))
            door.shut()
            throw HostListenerError(description: "\(path) cannot be listened at: \(reason)")
        }
        return (door, inode)
    }

    private func welcome(_ socket: Int32) {
        do {
            try SocketPeer.check(socket, isOneOf: users)
        } catch {
            logger.warning("provider-host.stranger", metadata: ["error": "\(error)"])
            Glibc.close(socket)
            return
        }
        let peer = FramePeer(
            .ours("provider host"), answersHello: true, servesOn: ModuleThreads.shared
        ) { [self] peer, id, body in
            await serve(body, as: id, of: peer)
        } closed: { [self] peer in
            state.withLock { state in state.peers[ObjectIdentifier(peer)] = nil }
        }
        let isWelcome = state.withLock { state in
            // The system still hands over who came before the door was shut.
            guard !state.isDraining, state.peers.count < Self.peersMax else { return false }
            state.peers[ObjectIdentifier(peer)] = peer
            return true
        }
        guard isWelcome else { return Self.refuse(socket) }
        peer.start(on: socket)
        // What was said to everybody may have been said before this one could be told.
        if state.withLock({ $0.isDraining }) { peer.drain() }
    }

    private static func refuse(_ socket: Int32) {
        let body = (try? FrameText.encode(HostFault.full)) ?? []
        _ = FrameLine(socket).send(Frame(kind: .error, id: 0, body: body))
    }

    /// How often to look whether the address is still ours.
    private static let lookAround = Duration.milliseconds(100)

    private static func inode(at path: String) -> UInt64? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    private func drain(_ door: Door, _ grace: Duration) async {
        door.shut()
        let peers = state.withLock { state in
            state.isDraining = true
            return Array(state.peers.values)
        }
        for peer in peers { peer.drain() }
        let end = ContinuousClock.now + grace
        while !state.withLock({ $0.peers.isEmpty }), ContinuousClock.now < end {
            _ = try? await Task.sleep(for: .milliseconds(10))
        }
        for peer in state.withLock({ $0.peers.values }) { peer.close() }
    }

    private func serve(
        _ body: [UInt8], as id: UInt64, of peer: FramePeer
    ) async -> Result<[UInt8], ProviderError> {
        do throws(ProviderError) {
            let answer = try await perform(body, as: id, of: peer)
            state.withLock { $0.served += 1 }
            return .success(answer)
        } catch {
            state.withLock { state in
                state.served += 1
                state.failed += 1
            }
            return .failure(error)
        }
    }

    /// A module that ignores its deadline is answered for. No task of its own is started for it:
    /// that would be two more changes of thread in every call.
    private func perform(
        _ body: [UInt8], as id: UInt64, of peer: FramePeer
    ) async throws(ProviderError) -> [UInt8] {
        let call: HostCall
        do {
            call = try FrameText.decode(body, as: HostCall.self)
        } catch {
            throw .unavailable(
                message: "the call could not be read: \(error)", retryAfterSeconds: nil)
        }
        if let desk = call.desk, desk != .open { return try await answer(desk, call) }
        guard let instance = call.instance, call.desk == .open || call.question != nil else {
            throw .unavailable(message: "there is no question in it", retryAfterSeconds: nil)
        }
        guard let end = call.context.end else { throw HostFault.tooLate }
        guard let ticket = overdue.begin(instance) else { throw Self.leftAlone }
        // The market has given up by then, too.
        let alarm = AlarmClock.shared.set(at: end) { [overdue] in
            overdue.pass(ticket)
            peer.leave(id, .ambiguous(message: "no answer in time"))
        }
        defer {
            AlarmClock.shared.cancel(alarm)
            overdue.end(ticket)
        }
        // Its object is made by the module, too.
        guard call.desk == nil, let question = call.question else {
            return try await answer(.open, call)
        }
        let line = try await line(to: instance, version: call.version ?? 0)
        let reply = try await line.ask(question, call.context)
        do throws(ProviderError) { return try FrameText.encode(reply) } catch {
            throw .ambiguous(message: "the answer could not be written")
        }
    }

    /// It counts as what it is for circuit breakers: the module's fault.
    private static let leftAlone = ProviderError.unavailable(
        message: "its module has not come back from earlier calls, and is left alone",
        retryAfterSeconds: 10)

    /// Whatever the host finds wrong before the module is asked says nothing about what an earlier
    /// try of the same call did: it must not read as the provider's own no.
    private func line(
        to instance: String, version: Int
    ) async throws(ProviderError) -> any ProviderLine {
        do throws(ProviderError) {
            return try await providers.hosted(instance, version: version).call.line
        } catch {
            if case .unavailable = error { throw error }
            throw .unavailable(
                message: "the provider host has no such provider now: \(error)",
                retryAfterSeconds: nil)
        }
    }

    private func answer(
        _ question: DeskQuestion, _ call: HostCall
    ) async throws(ProviderError) -> [UInt8] {
        switch question {
        case .open:
            let found = try await providers.hosted(
                call.instance ?? "", version: call.version ?? 0)
            return try FrameText.encode(
                OpenedInstance(descriptor: found.descriptor, roles: found.call.line.roles))
        case .status: return try FrameText.encode(await status())
        case .replace:
            try replace()
            return try FrameText.encode(Nothing())
        case .make, .send: throw .unsupported(operation: "this question")
        case .market(let body):
            return try await providers.answer(body.wrappedValue, call.context)
        }
    }

    private func status() async -> HostStatus {
        let names = providers.moduleNames
        let areProgramsApart = await providers.areProgramsApart()
        return state.withLock { state in
            HostStatus(
                pid: getpid(), startedAt: startedAt,
                // The question itself is one of them.
                underWay: state.peers.values.reduce(-1) { $0 + $1.servingCount },
                served: state.served, failed: state.failed, connections: state.peers.count,
                modules: names, isMemoryClosed: ProcessMemory.isClosed,
                areProgramsApart: areProgramsApart)
        }
    }
}

/// Why a host cannot listen, for the operator.
public struct HostListenerError: Error, CustomStringConvertible {
    public let description: String
}
