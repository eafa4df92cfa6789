import Vocabulary

/// Why the back office itself says no.
enum BackofficeRefusal: Refusal {
    case noRole

    var code: String { "backoffice.no-role" }
    var reason: RefusalReason { .forbidden }
    var explanation: String {
        "This account has no role in the back office. Ask an administrator for one."
    }
}
