import Vocabulary

/// The old provider on its way to nothing open: says how far it is, pays out what is delivered, and
/// has an end whatever happens.
struct SwapDrain: Sendable {
    private let trade: DrillTrade
    private let providers: SwapProviders
    private let work: SwapFulfilment
    private let limit: ContinuousClock.Instant
    private let seconds: Int

    /// Often enough for somebody who watches; counting what is open is a query on the old one's
    /// things each time.
    private static let pause = Duration.seconds(5)

    init(
        _ trade: DrillTrade, _ providers: SwapProviders, _ work: SwapFulfilment,
        until limit: ContinuousClock.Instant, seconds: Int
    ) {
        self.trade = trade
        self.providers = providers
        self.work = work
        self.limit = limit
        self.seconds = seconds
    }

    /// - Throws: `OperatorProblem`, which says what is open, when it takes too long; what ended the
    ///   work.
    func run() async throws {
        var last = ""
        while true {
            let open = try await providers.open(providers.old)
            if let failure = work.failure { throw failure }
            let (finished, purchases) = (work.finished, work.sold)
            let how = Self.sentence(finished, of: purchases, open)
            if how != last { say("\(providers.old.name): \(how)") }
            last = how
            if open.isEmpty, finished >= purchases { return }
            guard ContinuousClock.now < limit else {
                throw OperatorProblem(
                    "\(providers.old.name) did not drain within \(seconds) s: \(how). A slower "
                        + "machine needs a longer --drain-within or a lower --rate; if nothing "
                        + "of this grew less, it is stuck.")
            }
            if finished >= purchases { try await trade.payAll() }
            try await Task.sleep(for: finished >= purchases ? .seconds(1) : Self.pause)
        }
    }

    /// `412 of 679 purchases shipped and delivered; open: 3 payments, 267 earnings`
    static func sentence(
        _ finished: Int, of purchases: Int, _ open: [(kind: String, count: Int64)]
    ) -> String {
        let kinds = open.map { "\($0.count) \($0.kind)\($0.count == 1 ? "" : "s")" }
        return "\(finished) of \(purchases) purchases shipped and delivered; open: "
            + (kinds.isEmpty ? "nothing" : kinds.joined(separator: ", "))
    }
}
