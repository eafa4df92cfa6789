/// Who waits for a connection, and whether somebody is making one. Whoever comes when nobody is has
/// a place already in the moment in which the making of one begins: the making goes on for as long
/// as anybody waits, and would not see them otherwise. Pure.
struct WaitingRoom<Waiter> {
    /// What somebody who has come in does.
    enum Place: Hashable {
        case waits
        /// Waits, and has a connection made.
        case waitsAsFirst
        case full
    }

    let placesMax: Int
    private(set) var isConnecting = false
    private var waiters: [Int: Waiter] = [:]

    init(placesMax: Int) { self.placesMax = placesMax }

    /// - Parameter number: unlike that of anybody who waits.
    mutating func enter(_ waiter: Waiter, as number: Int) -> Place {
        guard waiters.count < placesMax else { return .full }
        waiters[number] = waiter
        defer { isConnecting = true }
        return isConnecting ? .waits : .waitsAsFirst
    }

    /// Somebody waits no more; nil when they had left.
    mutating func leave(_ number: Int) -> Waiter? { waiters.removeValue(forKey: number) }

    /// There is a connection.
    /// - Returns: everybody who waited for it.
    mutating func connected() -> [Waiter] {
        isConnecting = false
        defer { waiters = [:] }
        return Array(waiters.values)
    }

    /// A try was in vain.
    /// - Returns: whether to try again.
    mutating func failed() -> Bool {
        isConnecting = !waiters.isEmpty
        return isConnecting
    }
}
