import Vocabulary

/// Why work that needs a thread of its own was not begun.
public enum WorkRefusal: Refusal, Equatable {
    /// So much is waiting that it would take this long until its turn.
    case busy(seconds: Int)

    public var code: String { "server.busy" }
    public var reason: RefusalReason { .unavailable }
    public var explanation: String { "Too much is going on at the moment. Try again in a moment." }
}
