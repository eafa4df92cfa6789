import Glibc
import ProviderKit
import Synchronization
import Vocabulary

@testable import ProviderHost

/// A provider host in this process with one instance, `one`, on a socket of its own.
struct TestHost: HostedProviders {
    let guarded: ProviderGuard
    var moduleNames: [String] { ["scripted 1"] }

    init(_ provider: any Provider) {
        guarded = ProviderGuard(
            provider, ScriptedPayments.descriptor, instanceID: "one", logger: quiet)
    }

    func hosted(_ instance: String, version: Int) async throws(ProviderError) -> ProviderGuard {
        guard instance == "one" else {
            throw .invalidRequest(code: "instance", message: "There is no such instance.")
        }
        return guarded
    }

    func areProgramsApart() async -> Bool? { await NetworkWall.ofThisMachine().stands }

    func answer(
        _ body: [UInt8], _ context: OperationContext
    ) async throws(ProviderError) -> [UInt8] { body }

    /// Runs `body` with the host listening at `path`, then drains it.
    func listening<Value: Sendable>(
        at path: String, grace: Duration = .seconds(5),
        users: Set<uid_t> = SocketPeer.ownUsers,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        // Goes only when nobody else listens there.
        defer { rmdir(String(path.dropLast("/socket".count))) }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                defer { start.finish() }
                try await HostListener(
                    path: path, providers: self, users: users,
                    replace: { () throws(ProviderError) in
                        throw .unsupported(operation: "nobody supervises it")
                    }, logger: quiet
                ).run(grace: grace) { start.yield() }
                return nil
            }
            defer { group.cancelAll() }
            var isListening = false
            for await _ in starts.prefix(1) { isListening = true }
            guard isListening else {
                // It says why.
                _ = try await group.next()
                throw CancellationError()
            }
            group.addTask { try await body() }
            while let ended = try await group.next() {
                if let ended { return ended }
            }
            throw CancellationError()
        }
    }
}

/// The payment provider of instance `one` at the host of `path`, as the market has it.
func remote(_ connection: HostConnection) -> GuardedPayment {
    let line = RemoteLine(
        connection: connection, instance: "one", version: 1, roles: [.payment])
    let call = ProviderCall(
        instanceID: "one", moduleKey: "scripted", line: line, breaker: CircuitBreaker(),
        logger: quiet)
    return GuardedPayment(descriptor: ScriptedPayments.descriptor, call: call)
}

/// With patience for a machine that does much else.
func connection(to path: String, patience: Duration = .seconds(60)) -> HostConnection {
    HostConnection(path: path, name: "tests", patience: patience, logger: quiet)
}

func patient() -> OperationContext { context(within: .seconds(60)) }
