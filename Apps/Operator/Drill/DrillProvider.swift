/// Where a drill's customers pay.
enum DrillProvider: Sendable {
    /// The sandbox bank, which keeps a journal and dies like everybody else.
    case sandbox(url: String)
    /// Whoever speaks Stripe's API at this address. Its books are in its memory, so it stays alive.
    case stripe(url: String)

    var url: String {
        switch self {
        case .sandbox(let url), .stripe(let url): url
        }
    }

    var isStripe: Bool { if case .stripe = self { true } else { false } }

    var module: String { isStripe ? "stripe" : "sandbox-payments" }

    /// The way to pay that always works.
    var card: String { isStripe ? "pm_card_visa" : "tok_visa" }

    /// Of how many shops one customer buys. Stripe takes a reservation once, so that only what is
    /// of one shop is taken at its shipment.
    var shops: Int { isStripe ? 1 : 2 }

    /// How many of a thing: one shop's part alone has to be worth a payout.
    var pieces: Int64 { isStripe ? 10 : 1 }

    var settings: [(key: String, value: String)] {
        switch self {
        case .sandbox(let url):
            [
                ("url", url), ("apiKey", "sk_sandbox_south"),
                ("webhookSecret", "whsec_sandbox_south"),
            ]
        case .stripe(let url):
            [
                ("url", url), ("apiKey", "sk_test_drill"), ("webhookSecret", Self.secret),
                ("connectWebhookSecret", Self.connectSecret), ("testCards", card),
                // Their banks get what the administrator sends, and nothing else.
                ("payouts", "manual"),
            ]
        }
    }

    /// What its deliveries are signed with.
    static let secret = "whsec_drill_account"
    static let connectSecret = "whsec_drill_connect"
}
