import Vocabulary

/// Why work that needs a thread of its own was not begun.
public enum WorkRefusal: Refusal, CaseIterable {
    case busy

    public var code: String { "server.busy" }
    public var reason: RefusalReason { .unavailable }
    public var explanation: String { "Too much is going on at the moment. Try again in a moment." }
}
