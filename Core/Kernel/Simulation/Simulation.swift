import Vocabulary

/// A seeded market in memory: customers, sellers, banks that lose calls, answer late, twice, out
/// of order or with lies, a clock that jumps, and processes that die between any two steps. The
/// decisions are the shipped ones; after every event all invariants hold, or it is a fault.
///
/// The same seed tells the same story on every machine.
public struct Simulation: Sendable {
    public let seed: UInt64
    public let days: Int
    public let sellers: Int
    let rules: SimulationRules

    /// What came of a story.
    public struct Outcome: Sendable {
        /// How many events there were, those that settle the rest included.
        public let events: Int
        public let purchases: Int
        public let payouts: Int
        /// What became true that must never be; nil when all held.
        public let fault: String?
        /// The shortest story found that still has a fault; empty when all held.
        public let story: [String]
    }

    /// How far a story is.
    public struct Progress: Sendable {
        /// Nights that are over.
        public let day: Int
        public let events: Int
        /// It has a fault, and shorter stories are tried.
        public let isShortening: Bool
    }

    /// - Parameters:
    ///   - days: 1 to 3650 of the market's clock.
    ///   - sellers: 1 to 1000; each sells about once a day.
    public init(seed: UInt64, days: Int, sellers: Int) {
        self.init(seed: seed, days: days, sellers: sellers, rules: SimulationRules())
    }

    init(seed: UInt64, days: Int, sellers: Int, rules: SimulationRules) {
        self.seed = seed
        self.days = days
        self.sellers = sellers
        self.rules = rules
    }

    /// Tells the story to its end or to the first fault, which it then tells as short as it can.
    /// - Parameter progress: called every night.
    public func run(_ progress: (Progress) -> Void = { _ in }) -> Outcome {
        let (market, events, count, fault) = tell(progress)
        guard let fault else {
            return Outcome(
                events: count, purchases: market.purchases.count, payouts: market.payouts.count,
                fault: nil, story: [])
        }
        progress(Progress(day: days, events: count, isShortening: true))
        let shortest = shorten(events)
        return Outcome(
            events: count, purchases: market.purchases.count, payouts: market.payouts.count,
            fault: retell(shortest)?.description ?? fault.description,
            story: shortest.map(\.description))
    }

    /// Whether the story has a fault; without looking for the shortest one.
    func findsFault() -> Bool { tell { _ in }.fault != nil }

    private func tell(
        _ progress: (Progress) -> Void
    ) -> (market: SimMarket, events: [SimEvent], count: Int, fault: SimFault?) {
        var market = SimMarket(rules, sellers: sellers)
        var events: [SimEvent] = []
        do {
            var teller = SimTeller(seed: seed)
            for day in 1...days {
                for _ in 0..<(sellers * SimTeller.eventsPerSeller) {
                    let event = teller.next(in: market)
                    events.append(event)
                    try market.apply(event)
                }
                let night = teller.night()
                events.append(night)
                try market.apply(night)
                try market.checkWhole()
                market.retire()
                progress(Progress(day: day, events: events.count, isShortening: false))
            }
            let count = events.count + (try market.settleAll())
            return (market, events, count, nil)
        } catch {
            return (market, events, events.count, Self.fault(error))
        }
    }

    /// What goes wrong when exactly these events happen.
    private func retell(_ events: [SimEvent]) -> SimFault? {
        var market = SimMarket(rules, sellers: sellers)
        do {
            for event in events { try market.apply(event) }
            try market.checkWhole()
            _ = try market.settleAll()
            return nil
        } catch {
            return Self.fault(error)
        }
    }

    private static func fault(_ error: any Error) -> SimFault {
        error as? SimFault ?? SimFault("\(error)")
    }

    /// Leaves out ever smaller parts of the story as long as something is still wrong with it
    /// (Zeller's delta debugging, without its complements).
    private func shorten(_ events: [SimEvent]) -> [SimEvent] {
        var story = events
        var part = max(1, story.count / 2)
        var left = Self.retellingsMax
        while left > 0 {
            var index = 0
            var isShorter = false
            while index < story.count, left > 0 {
                var shorter = story
                shorter.removeSubrange(index..<min(index + part, story.count))
                left -= 1
                if retell(shorter) != nil {
                    story = shorter
                    isShorter = true
                } else {
                    index += part
                }
            }
            if part == 1, !isShorter { break }
            part = max(1, part / 2)
        }
        return calm(story)
    }

    /// Takes out faults and deaths that the story does not need.
    private func calm(_ events: [SimEvent]) -> [SimEvent] {
        var story = events
        for index in story.indices {
            let was = story[index]
            story[index].death = nil
            if retell(story) == nil { story[index] = was }
            let then = story[index]
            story[index].fate = .answered
            if retell(story) == nil { story[index] = then }
        }
        return story
    }

    private static let retellingsMax = 3000
}

/// Makes up what happens next.
struct SimTeller {
    static let eventsPerSeller = 20
    private var random: SplitMix64
    private var bought = 0

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func next(in market: SimMarket) -> SimEvent {
        var event = SimEvent(act: act(in: market), roll: random.next())
        if Int.random(in: 0..<6, using: &random) == 0 {
            event.fate = SimEvent.Fate.allCases.randomElement(using: &random) ?? .answered
        }
        if Int.random(in: 0..<10, using: &random) == 0 {
            event.death = Int.random(in: 1...5, using: &random)
        }
        return event
    }

    /// Time passes from one day to the next.
    mutating func night() -> SimEvent { SimEvent(act: .jump, roll: random.next()) }

    private mutating func act(in market: SimMarket) -> SimEvent.Act {
        guard let tag = market.active.randomElement(using: &random),
            Int.random(in: 0..<20, using: &random) > 0
        else {
            bought += 1
            return .buy(bought)
        }
        if let rare = rareAct(in: market) { return rare }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30: return .work(tag)
        case 30..<42: return .webhook(tag)
        case 42..<49: return .decide(tag)
        case 49..<61: return .ship(tag)
        case 61..<63: return .dispute(tag)
        case 63..<74: return .deliver(tag)
        case 74..<77: return .cancel(tag)
        case 77..<80: return .refund(tag)
        case 80..<81: return .refundReturn(tag)
        case 81..<83: return .payAgain(tag)
        case 83..<84: return .expireReservation(tag)
        case 84..<86: return .straggler
        case 86..<88: return .expire
        case 88..<90: return .release
        case 90..<91: return .runPayouts
        case 91..<96: return .sendPayout
        case 96..<98: return .payoutNews
        case 98..<99: return .payInvoice
        default: return .jump
        }
    }

    /// What seldom meets by chance, and where mistakes hide: a refund or a dispute long after the
    /// payout, and refunds that are under way while a dispute goes on.
    private mutating func rareAct(in market: SimMarket) -> SimEvent.Act? {
        switch Int.random(in: 0..<24, using: &random) {
        case 3:
            // What was invoiced goes back.
            return market.invoices.randomElement(using: &random)?.lines
                .randomElement(using: &random).flatMap { market.places[$0.charge.order] }
                .map { .refund($0.tag) }
        case 0:
            return market.retired.randomElement(using: &random).map {
                Bool.random(using: &random) ? .refund($0) : .dispute($0)
            }
        case 1, 2:
            return market.troubled.randomElement(using: &random).map { tag in
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<4: .refund(tag)
                case 4..<6: .dispute(tag)
                case 6..<8: .webhook(tag)
                default: .work(tag)
                }
            }
        default: return nil
        }
    }
}
