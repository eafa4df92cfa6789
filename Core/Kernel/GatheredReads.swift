import Synchronization

/// Reads that are asked for while others are under way, gathered into one.
///
/// A statement costs PostgreSQL and both processes much the same for one row as for ten. So only
/// ``atOnce`` reads are under way at a time; whoever comes meanwhile waits until one is over, and
/// is then read together with all who wait. With nobody else about, a read starts at once.
final class GatheredReads<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// What a waiting task is woken with.
    private enum Turn: Sendable {
        case answered(Result<Value?, any Error>)
        /// To read the own key and those of these others, and to answer them.
        case lead([Waiter])
    }

    private struct Waiter: Sendable {
        let key: Key
        let continuation: CheckedContinuation<Turn, Never>
    }

    private struct State {
        var underWay = 0
        var waiting: [Waiter] = []
    }

    private let atOnce: Int
    private let keysMax: Int
    private let read: @Sendable ([Key]) async throws -> [Key: Value]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - atOnce: how many reads may be under way.
    ///   - keysMax: how many keys one read may ask for.
    ///   - read: the values of those keys that have one; keys may repeat.
    init(
        atOnce: Int, keysMax: Int, read: @escaping @Sendable ([Key]) async throws -> [Key: Value]
    ) {
        self.atOnce = atOnce
        self.keysMax = keysMax
        self.read = read
    }

    /// How many wait for the next read.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// The value of `key`; nil when it has none.
    /// - Throws: whatever `read` throws. A task that is cancelled while it waits for others'
    ///   reads gets its answer with them.
    func value(_ key: Key) async throws -> Value? {
        let mayStart = state.withLock { state in
            guard state.underWay < atOnce else { return false }
            state.underWay += 1
            return true
        }
        if mayStart { return try await lead(key, []).get() }
        let turn = await withCheckedContinuation { continuation in
            let mayStart = state.withLock { state in
                // One may have ended since we looked.
                guard state.underWay >= atOnce else {
                    state.underWay += 1
                    return true
                }
                state.waiting.append(Waiter(key: key, continuation: continuation))
                return false
            }
            if mayStart { continuation.resume(returning: .lead([])) }
        }
        return switch turn {
        case .answered(let answer): try answer.get()
        case .lead(let others): try await lead(key, others).get()
        }
    }

    /// Reads for `others` too, answers them and passes the turn on.
    private func lead(_ key: Key, _ others: [Waiter]) async -> Result<Value?, any Error> {
        let result: Result<[Key: Value], any Error>
        do {
            result = .success(try await read([key] + others.map(\.key)))
        } catch {
            // Our own end is none of the others': one of them begins again.
            if Task.isCancelled, let next = others.first {
                next.continuation.resume(returning: .lead(Array(others.dropFirst())))
                return .failure(error)
            }
            result = .failure(error)
        }
        for other in others {
            other.continuation.resume(returning: .answered(result.map { $0[other.key] }))
        }
        passOn()
        return result.map { $0[key] }
    }

    private func passOn() {
        let next: (leader: Waiter, others: [Waiter])? = state.withLock { state in
            guard let leader = state.waiting.first else {
                state.underWay -= 1
                return nil
            }
            let others = Array(state.waiting.dropFirst().prefix(keysMax - 1))
            state.waiting.removeFirst(1 + others.count)
            return (leader, others)
        }
        if let next { next.leader.continuation.resume(returning: .lead(next.others)) }
    }
}
