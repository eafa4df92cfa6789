import Glibc
import Synchronization
import Testing

@testable import ProviderHost

/// Whether somebody else has had a turn.
private final class Turn: Sendable {
    private let state = Mutex(false)

    var isOver: Bool { state.withLock { $0 } }

    func end() { state.withLock { $0 = true } }
}

@Suite struct `The look for what keeps programs off the network` {
    /// Far more looks than there are threads in Swift's pool, and none ends before somebody else
    /// of the pool has had a turn.
    @Test func `holds up nobody else, however long it takes`() async throws {
        let turn = Turn()
        let looks = 128

        let ended = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<looks {
                group.addTask {
                    await NetworkWall.look {
                        for _ in 0..<2000 where !turn.isOver { poll(nil, 0, 10) }
                        return turn.isOver ? NetworkWall(command: []) : .none
                    }.stands
                }
            }
            try? await Task.sleep(for: .milliseconds(100))
            turn.end()
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }

        #expect(ended == looks)
    }

    @Test func `finds the same for everybody`() async {
        let walls = await withTaskGroup(of: [String]?.self) { group in
            for _ in 0..<8 { group.addTask { await NetworkWall.ofThisMachine().command } }
            return await group.reduce(into: Set<[String]?>()) { $0.insert($1) }
        }

        #expect(walls.count == 1)
    }
}
