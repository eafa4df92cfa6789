import Postgres
import Synchronization
import Testing

@testable import Kernel

/// Transactions that end when they are told to, and what they were to write. None with a 13 in it
/// can be written.
private final class HeldWrites: Sendable {
    struct Unlucky: Error {}

    private let begun = Mutex<[[Int]]>([])
    private let gates = Mutex<[CheckedContinuation<Void, Never>]>([])
    private let isOpen = Mutex(false)

    var transactions: [[Int]] { begun.withLock { $0 } }

    func write(_ items: [Int]) async throws -> [String] {
        guard !isOpen.withLock({ $0 }) else {
            begun.withLock { $0.append(items) }
            return try outcomes(items)
        }
        await withCheckedContinuation { gate in
            // In one step for those who watch: begun means that it can be let go.
            gates.withLock { gates in
                gates.append(gate)
                begun.withLock { $0.append(items) }
            }
        }
        return try outcomes(items)
    }

    private func outcomes(_ items: [Int]) throws -> [String] {
        try Task.checkCancellation()
        guard !items.contains(13) else { throw Unlucky() }
        return items.map { "written \($0)" }
    }

    /// Ends the transaction that has been under way for longest.
    func letGo() { gates.withLock { $0.isEmpty ? nil : $0.removeFirst() }?.resume() }

    /// Whatever is under way ends, and whatever comes ends at once.
    func open() {
        isOpen.withLock { $0 = true }
        let waiting = gates.withLock { gates in
            defer { gates = [] }
            return gates
        }
        for gate in waiting { gate.resume() }
    }

    func wait(forTransactions count: Int) async throws {
        while transactions.count < count {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Writes that are gathered` {
    private func gathered(
        _ atOnce: Int, min: Int, max: Int, waiters: Int = 200, patience: Duration = .seconds(60),
        _ write: @escaping @Sendable ([Int]) async throws -> [String]
    ) -> GatheredWrites<Int, String> {
        GatheredWrites(
            GatheredWritesLimits(
                atOnce: atOnce, itemsMin: min, itemsMax: max, waitersMax: waiters,
                patience: patience),
            write: write)
    }

    private func begin(
        _ writes: GatheredWrites<Int, String>, _ items: [Int]
    ) async throws -> [Task<String, any Error>] {
        var tasks: [Task<String, any Error>] = []
        for item in items {
            let before = writes.waitingCount
            tasks.append(Task { try await writes.write(item) })
            while writes.waitingCount == before {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
        return tasks
    }

    @Test func `whoever comes while one is under way is written with all who wait`()
        async throws
    {
        let held = HeldWrites()
        let writes = gathered(1, min: 1, max: 3) {
            try await held.write($0)
        }
        let first = Task { try await writes.write(1) }
        try await held.wait(forTransactions: 1)
        let others = try await begin(writes, [2, 3, 4, 5])

        for count in 2...3 {
            held.letGo()
            try await held.wait(forTransactions: count)
        }
        held.letGo()

        #expect(try await first.value == "written 1")
        for (task, item) in zip(others, 2...5) {
            #expect(try await task.value == "written \(item)")
        }
        #expect(held.transactions == [[1], [2, 3, 4], [5]])
        #expect(writes.waitingCount == 0)
    }

    @Test func `another transaction begins beside one as soon as enough wait`() async throws {
        let held = HeldWrites()
        let writes = gathered(2, min: 2, max: 9) {
            try await held.write($0)
        }
        let first = Task { try await writes.write(1) }
        try await held.wait(forTransactions: 1)
        let second = try await begin(writes, [2])
        let third = Task { try await writes.write(3) }
        try await held.wait(forTransactions: 2)
        let later = try await begin(writes, [4, 5, 6])

        for count in 3...4 {
            held.letGo()
            try await held.wait(forTransactions: min(3, count))
        }
        held.letGo()

        #expect(held.transactions == [[1], [2, 3], [4, 5, 6]])
        for task in [first, third] + second + later { _ = try await task.value }
    }

    @Test func `one that cannot be written keeps nobody else from it`() async throws {
        let held = HeldWrites()
        let writes = gathered(1, min: 1, max: 9) {
            try await held.write($0)
        }
        let first = Task { try await writes.write(1) }
        try await held.wait(forTransactions: 1)
        let others = try await begin(writes, [2, 13, 3])
        held.letGo()
        try await held.wait(forTransactions: 2)
        held.letGo()
        try await held.wait(forTransactions: 5)
        for _ in 0..<3 { held.letGo() }

        #expect(try await first.value == "written 1")
        #expect(try await others[0].value == "written 2")
        await #expect(throws: HeldWrites.Unlucky.self) { try await others[1].value }
        #expect(try await others[2].value == "written 3")
        #expect(Set(held.transactions.dropFirst(2)) == [[2], [13], [3]])
    }

    @Test func `who gives up takes nobody along`() async throws {
        let held = HeldWrites()
        let writes = gathered(1, min: 1, max: 9) {
            try await held.write($0)
        }
        let first = Task { try await writes.write(1) }
        try await held.wait(forTransactions: 1)
        let others = try await begin(writes, [2, 3, 4])
        held.letGo()
        try await held.wait(forTransactions: 2)
        others[0].cancel()
        held.letGo()
        try await held.wait(forTransactions: 5)
        for _ in 0..<3 { held.letGo() }

        #expect(try await first.value == "written 1")
        await #expect(throws: CancellationError.self) { try await others[0].value }
        #expect(try await others[1].value == "written 3")
        #expect(try await others[2].value == "written 4")
    }

    @Test(arguments: [
        PostgresError.Code.poolExhausted, .unavailable, .connectionLost, .deadline, .closed,
    ])
    func `when the database is not to be had everybody is told, and nobody asks it again`(
        _ code: PostgresError.Code
    ) async throws {
        let held = HeldWrites()
        let writes = gathered(1, min: 1, max: 9) { items in
            let outcomes = try await held.write(items)
            guard items == [1] else { throw PostgresError(code, "not to be had") }
            return outcomes
        }
        let first = Task { try await writes.write(1) }
        try await held.wait(forTransactions: 1)
        let others = try await begin(writes, [2, 3])
        held.letGo()
        try await held.wait(forTransactions: 2)
        held.open()

        #expect(try await first.value == "written 1")
        for task in others {
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.code == code)
        }
        #expect(held.transactions == [[1], [2, 3]])
    }

    @Test func `one that takes too long is not waited for`() async throws {
        let held = HeldWrites()
        let writes = gathered(1, min: 9, max: 9, patience: .milliseconds(20)) {
            try await held.write($0)
        }
        let first = Task { try await writes.write(1) }
        try await held.wait(forTransactions: 1)
        let second = Task { try await writes.write(2) }
        try await held.wait(forTransactions: 2)
        let third = Task { try await writes.write(3) }
        try await held.wait(forTransactions: 3)
        for _ in 0..<3 { held.letGo() }

        #expect(held.transactions == [[1], [2], [3]])
        for task in [first, second, third] { _ = try await task.value }
    }

    @Test func `one whose leader gave up is not waited for`() async throws {
        let held = HeldWrites()
        let writes = gathered(1, min: 9, max: 9) { try await held.write($0) }
        let first = Task { try await writes.write(1) }
        try await held.wait(forTransactions: 1)
        first.cancel()
        let second = Task { try await writes.write(2) }
        try await held.wait(forTransactions: 2)
        held.open()

        #expect(try await second.value == "written 2")
        await #expect(throws: CancellationError.self) { try await first.value }
    }

    @Test func `more than may wait are refused at once`() async throws {
        let held = HeldWrites()
        let writes = gathered(1, min: 1, max: 9, waiters: 2) { try await held.write($0) }
        let first = Task { try await writes.write(1) }
        try await held.wait(forTransactions: 1)
        let others = try await begin(writes, [2, 3])

        let isRefused = Mutex(false)
        let fourth = Task {
            defer { isRefused.withLock { $0 = true } }
            return try await writes.write(4)
        }
        while !isRefused.withLock({ $0 }), writes.waitingCount == 2 { await Task.yield() }

        held.letGo()
        try await held.wait(forTransactions: 2)
        held.letGo()
        for task in [first] + others { _ = try await task.value }
        let error = await #expect(throws: PostgresError.self) { try await fourth.value }
        #expect(error?.code == .poolExhausted)
        #expect(held.transactions == [[1], [2, 3]])
    }

    @Test func `what is done for somebody else is written by itself, with its mark`()
        async throws
    {
        let held = HeldWrites()
        let writes = gathered(1, min: 1, max: 9) {
            try await held.write($0)
        }
        let first = Task { try await writes.write(1) }
        try await held.wait(forTransactions: 1)
        let marked = Task {
            try await FirstWriteMark.$current.withValue(FirstWriteMark("select 1")) {
                try await writes.write(2)
            }
        }
        try await held.wait(forTransactions: 2)
        for _ in 0..<2 { held.letGo() }

        #expect(try await first.value == "written 1")
        #expect(try await marked.value == "written 2")
        #expect(held.transactions == [[1], [2]])
    }

    @Test func `nobody is left waiting when many come and give up`() async throws {
        let patience = Duration.microseconds(50)
        let writes = gathered(2, min: 2, max: 5, waiters: 2000, patience: patience) { items in
            await Task.yield()
            try Task.checkCancellation()
            guard !items.contains(where: { $0.isMultiple(of: 7) }) else {
                throw HeldWrites.Unlucky()
            }
            return items.map { "\($0)" }
        }

        await withTaskGroup(of: Void.self) { group in
            for number in 1...2000 {
                group.addTask {
                    let task = Task { try await writes.write(number) }
                    if number.isMultiple(of: 3) { task.cancel() }
                    let answer = await task.result
                    if number.isMultiple(of: 3) { return }
                    if number.isMultiple(of: 7) {
                        #expect(throws: HeldWrites.Unlucky.self) { try answer.get() }
                    } else {
                        #expect((try? answer.get()) == "\(number)")
                    }
                }
            }
        }

        #expect(try await writes.write(1) == "1")
        #expect(writes.waitingCount == 0)
    }
}
