/// How busy the connections of a ``Database`` are at one moment.
public struct DatabaseLoad: Hashable, Sendable {
    /// Connections that transactions hold.
    public let taken: Int
    /// How many they may hold at most.
    public let takenMax: Int
    /// Transactions that wait for one.
    public let waiting: Int
    /// How long the oldest transaction has held its connection.
    public let oldest: Duration
    /// Single statements that are under way or wait.
    public let statements: Int

    public init(taken: Int, takenMax: Int, waiting: Int, oldest: Duration, statements: Int) {
        self.taken = taken
        self.takenMax = takenMax
        self.waiting = waiting
        self.oldest = oldest
        self.statements = statements
    }
}
