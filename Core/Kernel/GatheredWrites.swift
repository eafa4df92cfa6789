import Postgres
import Synchronization

/// Writes that are asked for while others of their kind are under way, gathered into one
/// transaction: group commit.
///
/// A statement costs PostgreSQL much the same for one purchase as for three, and so does a commit.
/// With nobody else about, a write starts at once, alone. Whoever comes while one is under way
/// waits until it is over, or until enough wait for another transaction beside it.
///
/// One that cannot be written keeps nobody else from it: where a gathered transaction fails,
/// nothing of it is kept, and each is written again alone, by its own task. What is written has to
/// bear that, as it may have been kept when the answer to the commit was lost. Only where no
/// connection came free in time, everybody is told so: waiting again would double the wait.
final class GatheredWrites<Item: Sendable, Outcome: Sendable>: Sendable {
    /// What a waiting task is woken with.
    private enum Turn: Sendable {
        case written(Outcome)
        case failed(any Error)
        /// To write the own item again, because those it was gathered with failed.
        case alone
        /// To write the own item and those of these others, and to tell them.
        case lead([Waiter])
    }

    private struct Waiter: Sendable {
        let item: Item
        let continuation: CheckedContinuation<Turn, Never>
    }

    private struct State {
        var underWay = 0
        var waiting: [Waiter] = []
    }

    private let atOnce: Int
    private let itemsMin: Int
    private let itemsMax: Int
    private let write: @Sendable ([Item]) async throws -> [Outcome]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - atOnce: how many transactions may be under way.
    ///   - itemsMin: how many wait before another one begins beside one that is under way.
    ///   - itemsMax: how many items one transaction may hold.
    ///   - write: writes items in one transaction; as many outcomes, in the same order.
    init(
        atOnce: Int, itemsMin: Int, itemsMax: Int,
        write: @escaping @Sendable ([Item]) async throws -> [Outcome]
    ) {
        self.atOnce = atOnce
        self.itemsMin = itemsMin
        self.itemsMax = itemsMax
        self.write = write
    }

    /// How many wait for the next transaction.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Writes `item`. A task that is cancelled while it waits is written with the others.
    /// - Throws: whatever `write` throws of this item alone.
    func write(_ item: Item) async throws -> Outcome {
        // The mark of what is done for somebody else belongs to its own transaction.
        guard FirstWriteMark.current == nil else { return try await alone(item) }
        let turn = await withCheckedContinuation { continuation in
            let turn = state.withLock { state in
                state.waiting.append(Waiter(item: item, continuation: continuation))
                return next(&state)
            }
            turn.map(start)
        }
        return switch turn {
        case .written(let outcome): outcome
        case .failed(let error): throw error
        case .alone: try await alone(item)
        case .lead(let others): try await lead(item, others)
        }
    }

    private func alone(_ item: Item) async throws -> Outcome {
        guard let outcome = try await write([item]).first else { throw NotWritten() }
        return outcome
    }

    /// Writes for `others` too, tells them and passes the turn on.
    private func lead(_ item: Item, _ others: [Waiter]) async throws -> Outcome {
        defer { passOn() }
        guard !others.isEmpty else { return try await alone(item) }
        let outcomes: [Outcome]
        do {
            outcomes = try await write([item] + others.map(\.item))
            guard outcomes.count == others.count + 1 else { throw NotWritten() }
        } catch let error as PostgresError where error.code == .poolExhausted {
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

    /// Takes the next transaction's items out of the queue; nil when there is none to begin yet.
    private func next(_ state: inout State) -> [Waiter]? {
        let isTime =
            state.underWay == 0
            ? !state.waiting.isEmpty
            : state.underWay < atOnce && state.waiting.count >= itemsMin
        guard isTime else { return nil }
        state.underWay += 1
        let group = Array(state.waiting.prefix(itemsMax))
        state.waiting.removeFirst(group.count)
        return group
    }

    private func start(_ group: [Waiter]) {
        group[0].continuation.resume(returning: .lead(Array(group.dropFirst())))
    }

    private func passOn() {
        let group = state.withLock { state in
            state.underWay -= 1
            return next(&state)
        }
        group.map(start)
    }
}

/// A transaction had fewer outcomes than items: a fault of who writes.
private struct NotWritten: Error {}
