/// How busy the connections of a ``Database`` are at one moment.
public struct DatabaseLoad: Hashable, Sendable {
    /// Connections that transactions hold.
    public let taken: Int
    /// How many they may hold at most.
    public let takenMax: Int
    /// Transactions that wait for one.
    public let waiting: Int
    /// Single statements that are under way or wait.
    public let statements: Int

    public init(taken: Int, takenMax: Int, waiting: Int, statements: Int) {
        self.taken = taken
        self.takenMax = takenMax
        self.waiting = waiting
        self.statements = statements
    }
}
