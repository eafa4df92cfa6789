import Synchronization
import Testing

@testable import Kernel

/// Reads that end when they are told to, and what they were asked for.
private final class HeldReads: Sendable {
    struct Failure: Error {}

    private let asked = Mutex<[[Int]]>([])
    private let gates = Mutex<[CheckedContinuation<Void, Never>]>([])

    var questions: [[Int]] { asked.withLock { $0 } }

    func read(_ keys: [Int]) async throws -> [Int: String] {
        await withCheckedContinuation { gate in
            // In one step for those who watch: asked means that it can be let go.
            gates.withLock { gates in
                gates.append(gate)
                asked.withLock { $0.append(keys) }
            }
        }
        try Task.checkCancellation()
        guard !keys.contains(13) else { throw Failure() }
        return Dictionary(
            keys.filter { $0 < 100 }.map { ($0, "value \($0)") }, uniquingKeysWith: { $1 })
    }

    func letGo() { gates.withLock { $0.isEmpty ? nil : $0.removeFirst() }?.resume() }

    func wait(forQuestions count: Int) async {
        while questions.count < count { await Task.yield() }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Reads that are gathered` {
    private func begin(
        _ reads: GatheredReads<Int, String>, _ keys: [Int]
    ) async -> [Task<String?, any Error>] {
        var tasks: [Task<String?, any Error>] = []
        for key in keys {
            tasks.append(Task { try await reads.value(key) })
            while reads.waitingCount < tasks.count { await Task.yield() }
        }
        return tasks
    }

    @Test func `whoever comes while one is under way is read with all who wait`() async throws {
        let held = HeldReads()
        let reads = GatheredReads<Int, String>(atOnce: 1, keysMax: 3) { try await held.read($0) }
        let first = Task { try await reads.value(1) }
        await held.wait(forQuestions: 1)
        let others = await begin(reads, [2, 3, 3, 4, 200])

        for _ in 0..<3 {
            held.letGo()
            await held.wait(forQuestions: min(3, held.questions.count + 1))
        }

        #expect(try await first.value == "value 1")
        for (task, expected) in zip(
            others, ["value 2", "value 3", "value 3", "value 4", nil] as [String?])
        {
            #expect(try await task.value == expected)
        }
        #expect(held.questions == [[1], [2, 3, 3], [4, 200]])
    }

    @Test func `what fails fails for all who were read together and for nobody else`()
        async throws
    {
        let held = HeldReads()
        let reads = GatheredReads<Int, String>(atOnce: 1, keysMax: 2) { try await held.read($0) }
        let first = Task { try await reads.value(1) }
        await held.wait(forQuestions: 1)
        let others = await begin(reads, [13, 2, 3])

        for count in 2...3 {
            held.letGo()
            await held.wait(forQuestions: count)
        }
        held.letGo()

        #expect(try await first.value == "value 1")
        await #expect(throws: HeldReads.Failure.self) { try await others[0].value }
        await #expect(throws: HeldReads.Failure.self) { try await others[1].value }
        #expect(try await others[2].value == "value 3")
    }

    @Test func `who gives up takes nobody along`() async throws {
        let held = HeldReads()
        let reads = GatheredReads<Int, String>(atOnce: 1, keysMax: 9) { try await held.read($0) }
        let first = Task { try await reads.value(1) }
        await held.wait(forQuestions: 1)
        let others = await begin(reads, [2, 3, 4])
        held.letGo()
        await held.wait(forQuestions: 2)

        others[0].cancel()
        held.letGo()
        await held.wait(forQuestions: 3)
        held.letGo()

        #expect(try await first.value == "value 1")
        await #expect(throws: CancellationError.self) { try await others[0].value }
        #expect(try await others[1].value == "value 3")
        #expect(try await others[2].value == "value 4")
        #expect(held.questions == [[1], [2, 3, 4], [3, 4]])
    }

    @Test func `nobody is left waiting when many come and give up`() async throws {
        let reads = GatheredReads<Int, String>(atOnce: 2, keysMax: 5) { keys in
            await Task.yield()
            try Task.checkCancellation()
            return Dictionary(keys.map { ($0, "\($0)") }, uniquingKeysWith: { $1 })
        }

        await withTaskGroup(of: Void.self) { group in
            for number in 0..<2000 {
                group.addTask {
                    let task = Task { try await reads.value(number) }
                    if number.isMultiple(of: 3) { task.cancel() }
                    let answer = await task.result
                    if !number.isMultiple(of: 3) {
                        #expect(throws: Never.self) { try answer.get() == "\(number)" }
                    }
                }
            }
        }

        #expect(try await reads.value(1) == "1")
        #expect(reads.waitingCount == 0)
    }
}
