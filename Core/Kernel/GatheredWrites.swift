import Postgres
import Synchronization

/// Writes that are asked for while others of their kind are under way, gathered into one
/// transaction: group commit.
///
/// A statement costs PostgreSQL much the same for one purchase as for three, and so does a commit.
/// With nobody else about, a write starts at once, alone. Whoever comes while one is under way
/// waits until it is over, until enough wait for another transaction beside it, or until it has
/// taken so long that something holds it up, which shall hold up nobody else.
///
/// One that cannot be written keeps nobody else from it: where a gathered transaction fails,
/// nothing of it is kept, and each is written again alone, by its own task. Only where the
/// database could not be had, or went away so that nobody knows what is kept, which is no item's
/// fault, everybody is told so.
final class GatheredWrites<Item: Sendable, Outcome: Sendable>: Sendable {
    /// The number of a transaction that is waited for.
    private typealias Lane = Int

    /// What a waiting task is woken with.
    private enum Turn: Sendable {
        case written(Outcome)
        case failed(any Error)
        /// To write the own item again, because those it was gathered with failed.
        case alone
        /// To write the own item and those of these others, and to tell them.
        case lead(Lane, [Waiter])
    }

    private struct Waiter: Sendable {
        let item: Item
        let continuation: CheckedContinuation<Turn, Never>
    }

    private struct State {
        var lanes: Set<Lane> = []
        var lanesBegun = 0
        var waiting: [Waiter] = []
    }

    private let limits: GatheredWritesLimits
    private let write: @Sendable ([Item]) async throws -> [Outcome]
    private let state = Mutex(State())

    /// - Parameter write: writes items in one transaction; as many outcomes, in the same order.
    init(
        _ limits: GatheredWritesLimits,
        write: @escaping @Sendable ([Item]) async throws -> [Outcome]
    ) {
        self.limits = limits
        self.write = write
    }

    /// How many wait for the next transaction.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Writes `item`. A task that is cancelled while it waits is written with the others.
    /// - Throws: whatever `write` throws of this item alone; `PostgresError` `.poolExhausted` when
    ///   too many wait.
    func write(_ item: Item) async throws -> Outcome {
        // The mark of what is done for somebody else belongs to its own transaction.
        guard FirstWriteMark.current == nil else { return try await alone(item) }
        let turn = await withCheckedContinuation {
            (continuation: CheckedContinuation<Turn, Never>) in
            let begin: (@Sendable () -> Void)? = state.withLock { state in
                guard state.waiting.count < limits.waitersMax else {
                    let error = PostgresError(.poolExhausted, "too many wait to be written")
                    return { continuation.resume(returning: .failed(error)) }
                }
                state.waiting.append(Waiter(item: item, continuation: continuation))
                return next(&state)
            }
            begin?()
        }
        return switch turn {
        case .written(let outcome): outcome
        case .failed(let error): throw error
        case .alone: try await alone(item)
        case .lead(let lane, let others): try await lead(lane, item, others)
        }
    }

    private func alone(_ item: Item) async throws -> Outcome {
        guard let outcome = try await write([item]).first else { throw NotWritten() }
        return outcome
    }

    /// Writes for `others` too, tells them and passes the turn on, at the latest when it takes too
    /// long.
    private func lead(_ lane: Lane, _ item: Item, _ others: [Waiter]) async throws -> Outcome {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Also when the leader is cancelled, as what it writes may go on.
                defer { self.leave(lane) }
                try await Task.sleep(for: self.limits.patience)
            }
            defer {
                group.cancelAll()
                leave(lane)
            }
            return try await written(item, others)
        }
    }

    private func written(_ item: Item, _ others: [Waiter]) async throws -> Outcome {
        guard !others.isEmpty else { return try await alone(item) }
        let outcomes: [Outcome]
        do {
            outcomes = try await write([item] + others.map(\.item))
            guard outcomes.count == others.count + 1 else { throw NotWritten() }
        } catch let error as PostgresError where error.isOfDatabase {
            for other in others { other.continuation.resume(returning: .failed(error)) }
            throw error
        } catch {
            for other in others { other.continuation.resume(returning: .alone) }
            return try await alone(item)
        }
        for (other, outcome) in zip(others, outcomes.dropFirst()) {
            other.continuation.resume(returning: .written(outcome))
        }
        return outcomes[0]
    }

    /// Takes the next transaction's items out of the queue.
    /// - Returns: what begins it; nil when there is none to begin yet.
    private func next(_ state: inout State) -> (@Sendable () -> Void)? {
        let isTime =
            state.lanes.isEmpty
            ? !state.waiting.isEmpty
            : state.lanes.count < limits.atOnce && state.waiting.count >= limits.itemsMin
        guard isTime else { return nil }
        let group = Array(state.waiting.prefix(limits.itemsMax))
        state.waiting.removeFirst(group.count)
        state.lanesBegun += 1
        let lane = state.lanesBegun
        state.lanes.insert(lane)
        return {
            group[0].continuation.resume(returning: .lead(lane, Array(group.dropFirst())))
        }
    }

    /// The transaction is waited for no longer.
    private func leave(_ lane: Lane) {
        let begin = state.withLock { state in
            state.lanes.remove(lane) == nil ? nil : next(&state)
        }
        begin?()
    }
}

/// When a gathered transaction begins, and how much it holds.
struct GatheredWritesLimits: Sendable {
    /// How many transactions are waited for at once.
    var atOnce = 3
    /// How many items wait before a transaction begins beside one that is under way.
    var itemsMin = 4
    /// How many items one transaction holds at most.
    var itemsMax = 16
    /// How many items may wait; one more is refused.
    var waitersMax = 200
    /// How long a transaction is waited for.
    var patience: Duration = .milliseconds(250)
}

/// A transaction had fewer outcomes than items: a fault of who writes.
private struct NotWritten: Error {}

extension PostgresError {
    /// Whether the database could not be had, or was lost under way, whatever was asked of it.
    fileprivate var isOfDatabase: Bool {
        switch code {
        case .poolExhausted, .unavailable, .connectionLost, .deadline, .closed: true
        case .server, .cancelled, .decoding, .transactionOver: false
        }
    }
}
