/// How a worker shares its slots between lanes. Half of them belong to the lanes, the same number
/// to each, so that no lane waits behind the long jobs of another; the rest is for whoever has
/// work.
struct LaneSlots: Equatable, Sendable {
    /// Free slots of each lane's own, in the order of the lanes.
    let own: [Int]
    /// How many more of each lane may run.
    let most: [Int]
    /// Free slots of all lanes together.
    let shared: Int

    /// What is free of `parallel` slots while so many jobs of each lane run.
    init(_ lanes: [JobLane], parallel: Int, running: [JobLane: Int]) {
        let reserved = parallel / (2 * max(1, lanes.count))
        own = lanes.map { max(0, reserved - running[$0, default: 0]) }
        most = lanes.map { max(0, $0.atOnceMax - running[$0, default: 0]) }
        let beyond = running.values.reduce(0) { $0 + max(0, $1 - reserved) }
        shared = max(0, parallel - reserved * lanes.count - beyond)
    }

    var isFull: Bool { shared == 0 && own.allSatisfy { $0 == 0 } }
}
