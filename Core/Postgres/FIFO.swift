/// A queue that takes from the front without moving the rest.
struct FIFO<Element> {
    private var items: [Element?] = []
    private var head = 0

    var isEmpty: Bool { head == items.count }
    var count: Int { items.count - head }
    var first: Element? { isEmpty ? nil : items[head] }

    mutating func append(_ element: Element) { items.append(element) }

    mutating func popFirst() -> Element? {
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

    mutating func removeAll(where matches: (Element) -> Bool) {
        items = items[head...].filter { $0.map(matches) == false }
        head = 0
    }

    mutating func takeAll() -> [Element] {
        defer { self = FIFO() }
        return items[head...].compactMap { $0 }
    }

    func forEach(_ body: (Element) -> Void) {
        for case let item? in items[head...] { body(item) }
    }
}
