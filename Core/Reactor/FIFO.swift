/// A queue that takes from the front without moving the rest.
public struct FIFO<Element> {
    @usableFromInline var items: [Element?] = []
    @usableFromInline var head = 0

    @inlinable public init() {}

    @inlinable public var isEmpty: Bool { head == items.count }
    @inlinable public var count: Int { items.count - head }
    @inlinable public var first: Element? { isEmpty ? nil : items[head] }

    @inlinable public mutating func append(_ element: Element) { items.append(element) }

    @inlinable public mutating func popFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = items[head]
        items[head] = nil
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 1024, head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
        return element
    }

    @inlinable public mutating func removeAll(where matches: (Element) -> Bool) {
        items = items[head...].filter { $0.map(matches) == false }
        head = 0
    }

    /// Empties the queue and returns what was in it, in order.
    @inlinable public mutating func takeAll() -> [Element] {
        defer { self = FIFO() }
        return items[head...].compactMap { $0 }
    }

    @inlinable public func forEach(_ body: (Element) -> Void) {
        for case let item? in items[head...] { body(item) }
    }
}
