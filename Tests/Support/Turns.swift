/// How many tests work on a database at the same time. Swift Testing starts all tests at once; on
/// two cores hundreds of open markets only make each other miss their deadlines.
actor Turns {
    static let shared = Turns(count: 12)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) { free = count }

    /// Waits, in order of arrival, until it is this test's turn.
    func take() async {
        if free > 0 {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func giveBack() {
        guard !waiting.isEmpty else {
            free += 1
            return
        }
        waiting.removeFirst().resume()
    }
}
