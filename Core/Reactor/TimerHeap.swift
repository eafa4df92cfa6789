/// Names one timer of a ``Reactor``.
public struct TimerID: Hashable, Sendable {
    let number: UInt64
}

/// Timers in the order of their time; a binary heap whose cancelled entries are skipped when they
/// come up.
struct TimerHeap {
    private struct Entry {
        let due: UInt64
        let id: TimerID
    }

    private var heap: [Entry] = []
    private var bodies: [TimerID: () -> Void] = [:]
    private var lastNumber: UInt64 = 0

    mutating func insert(at due: UInt64, _ body: @escaping () -> Void) -> TimerID {
        lastNumber += 1
        let id = TimerID(number: lastNumber)
        bodies[id] = body
        heap.append(Entry(due: due, id: id))
        var child = heap.count - 1
        while child > 0, heap[child].due < heap[(child - 1) / 2].due {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
        return id
    }

    mutating func cancel(_ id: TimerID) { bodies[id] = nil }

    /// When the next live timer is due.
    var nextDue: UInt64? {
        mutating get {
            while let first = heap.first, bodies[first.id] == nil { removeFirst() }
            return heap.first?.due
        }
    }

    /// Takes out the first timer that is due at `time`.
    mutating func popDue(at time: UInt64) -> (() -> Void)? {
        guard let due = nextDue, due <= time, let first = heap.first else { return nil }
        removeFirst()
        return bodies.removeValue(forKey: first.id)
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].due < heap[smallest].due {
                smallest = child
            }
            guard smallest != parent else { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
