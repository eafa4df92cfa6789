import ProviderKit
import Synchronization
import Vocabulary

/// The running program of a module: started when it is asked, and again after its end, with pauses
/// that grow while it keeps ending.
actor ChildModule {
    static let firstPause = Duration.milliseconds(50)
    static let longestPause = Duration.seconds(5)
    /// One that lived this long was well.
    static let healthy = Duration.seconds(10)

    nonisolated let program: String
    nonisolated let name: String
    private let kind: ProviderKind
    /// What it can be asked, by its manifest.
    nonisolated let roles: Set<ProviderRole>
    private let memory: Int
    private let wall: NetworkWall?
    private let errors: ErrorStream
    /// The ways out of the module's objects, by their ids.
    nonisolated let services = Mutex<[String: ProviderServices]>([:])
    /// So many calls in a row without an answer in time, and the program is taken to hang.
    static let latenessMax = 5

    /// What the program sends is given up after so long, whatever deadline it names.
    static let longestSend = Duration.seconds(120)

    /// How long a program may take to start and say hello: an interpreter on a busy machine takes
    /// seconds.
    static let helloDeadline = Duration.seconds(10)

    private var current: FramePeer?
    /// The program at the other end of ``current``.
    private var running: ChildProgram?
    /// Calls in a row that were given up at their deadline.
    private var lateness = 0
    private var starting: Task<FramePeer, any Error>?
    private var startedAt = ContinuousClock.now
    private var pause = Duration.zero
    private var made: Set<String> = []

    /// - Parameters:
    ///   - memory: how many bytes the program may write to.
    ///   - wall: behind which it runs; nil for the one that this machine permits.
    ///   - errors: where its standard error goes; nil for the host's log.
    init(
        program: String, name: String, kind: ProviderKind, roles: Set<ProviderRole>, memory: Int,
        behind wall: NetworkWall? = nil, errors: ErrorStream? = nil
    ) {
        self.errors = errors ?? ErrorStream(of: name)
        self.wall = wall
        self.program = program
        self.name = name
        self.kind = kind
        self.roles = roles
        self.memory = memory
    }

    deinit { current?.close() }

    /// Asks the program, which has been given the settings of `instance` before.
    /// - Parameter question: nil has it make the object of the settings, and asks nothing.
    /// - Throws: `ambiguous` when the question was sent and it ended, or answered nonsense.
    func ask(
        _ question: ProviderQuestion?, of instance: String, _ settings: InstanceSettings,
        _ context: OperationContext
    ) async throws(ProviderError) -> ProviderReply {
        let peer = try await started()
        if !made.contains(instance) {
            errors.learn(settings)
            let make = HostCall(
                instance: instance, context: context, desk: .make(settings: settings))
            do throws(ProviderError) {
                _ = try await watched(peer, make)
            } catch {
                throw Self.unmade(error, before: question)
            }
            if peer === current { made.insert(instance) }
        }
        guard let question else { return .problems(sentences: []) }
        let call = HostCall(instance: instance, context: context, question: question)
        let bytes = try await watched(peer, call)
        guard let reply = try? FrameText.decode(bytes, as: ProviderReply.self) else {
            throw .ambiguous(message: "the program's answer could not be read")
        }
        return reply
    }

    /// The question was not asked. What the program has against its settings must not read as the
    /// provider's own no to a call that may have been made before.
    private static func unmade(
        _ error: ProviderError, before question: ProviderQuestion?
    ) -> ProviderError {
        switch error {
        case .unavailable: error
        case .ambiguous(let message): .unavailable(message: message, retryAfterSeconds: nil)
        case _ where question?.isRepeatable == false:
            .unavailable(
                message: "the program does not take its settings: \(error)",
                retryAfterSeconds: nil)
        default: error
        }
    }

    /// Whoever gives up cancels; a program that nobody gets an answer from is ended, and started
    /// again for the next call.
    private func watched(
        _ peer: FramePeer, _ call: HostCall
    ) async throws(ProviderError) -> [UInt8] {
        do throws(ProviderError) {
            let answer = try await Self.call(peer, call)
            if peer === current { lateness = 0 }
            return answer
        } catch {
            if peer === current { lateness = Task.isCancelled ? lateness + 1 : 0 }
            if lateness >= Self.latenessMax, peer === current, peer.isUsable {
                lateness = 0
                current = nil
                running?.end()
                peer.close()
            }
            throw error
        }
    }

    private static func call(
        _ peer: FramePeer, _ call: HostCall
    ) async throws(ProviderError) -> [UInt8] {
        switch await peer.call(try FrameText.encode(call)) {
        case .success(let answer): return answer
        case .failure(.refused(let error)): throw error
        case .failure(.notSent):
            throw .unavailable(message: "the program has ended", retryAfterSeconds: 1)
        case .failure(.lost(_)): throw .ambiguous(message: "the program ended")
        case .failure(.tooLate), .failure(.late): throw HostFault.late
        }
    }

    private func started() async throws(ProviderError) -> FramePeer {
        if let current, current.isUsable { return current }
        let task = starting ?? Task { try await start() }
        starting = task
        do {
            return try await task.value
        } catch {
            throw .unavailable(
                message: "the program does not start: \(error)", retryAfterSeconds: 1)
        }
    }

    private func start() async throws -> FramePeer {
        defer { starting = nil }
        if ContinuousClock.now - startedAt >= Self.healthy { pause = .zero }
        if pause > .zero { try await Task.sleep(for: pause) }
        pause = min(max(pause * 2, Self.firstPause), Self.longestPause)
        startedAt = .now
        let (socket, program) = try await ChildProgram.start(
            self.program, memory: memory, errors: errors, behind: wall)
        let peer: FramePeer
        do {
            peer = try await greeted(program, socket)
        } catch {
            program.end()
            throw error
        }
        current = peer
        running = program
        lateness = 0
        made = []
        return peer
    }

    /// However the connection ends, the program ends with it.
    private func greeted(_ program: ChildProgram, _ socket: Int32) async throws -> FramePeer {
        let peer = FramePeer(
            .ours("provider host"), answersHello: false, within: Self.helloDeadline
        ) { [weak self] _, _, body in
            guard let self else { return .failure(.unsupported(operation: "this call")) }
            return await serve(body)
        } closed: { _ in
            Task {
                _ = try? await Task.sleep(for: ChildProgram.grace)
                program.end()
            }
        }
        peer.start(on: socket)
        let hello = try await peer.greet()
        // The market has believed the manifest by now.
        guard (try? ProgramRoles.read(hello.roles, of: kind)) == roles else {
            peer.close()
            throw HelloFailure("Its hello and its manifest say different roles.")
        }
        return peer
    }

    /// The program sends an HTTP request over the way out of the object that it was asked of.
    private nonisolated func serve(_ body: [UInt8]) async -> Result<[UInt8], ProviderError> {
        guard let call = try? FrameText.decode(body, as: HostCall.self),
            case .send(let request, let deadline) = call.desk,
            let services = services.withLock({ $0[call.instance ?? ""] })
        else { return .failure(.unsupported(operation: "this call")) }
        do throws(ProviderError) {
            let end = Instant.systemNow.advanced(by: Self.longestSend)
            let response = try await services.http.send(request, deadline: min(deadline, end))
            return .success(try FrameText.encode(response))
        } catch {
            return .failure(error)
        }
    }
}
