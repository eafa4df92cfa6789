import Synchronization
import Vocabulary

/// What was read of commission at one time.
struct CommissionReading: Sendable {
    struct OfSeller: Sendable {
        /// For this seller or something that it sells, whenever they hold.
        var rules: [CommissionRule] = []
        var vat: CommissionVAT?
    }

    /// How often anything had changed until then.
    let version: Int64
    /// The market's time then.
    let now: Instant
    /// Rules that name no seller.
    var everyones: [CommissionRule] = []
    var sellers: [ID<Seller>: OfSeller]

    init(version: Int64, now: Instant, of sellers: [ID<Seller>]) {
        self.version = version
        self.now = now
        self.sellers = Dictionary(sellers.map { ($0, OfSeller()) }) { first, _ in first }
    }

    mutating func add(_ rule: CommissionRule, of owner: ID<Seller>?) {
        if let owner { sellers[owner]?.rules.append(rule) } else { everyones.append(rule) }
    }

    func terms(for wanted: [ID<Seller>], at instant: Instant) -> CommissionTerms {
        var rules = everyones
        var vat: [ID<Seller>: CommissionVAT] = [:]
        for seller in Set(wanted).sorted() {
            rules += sellers[seller]?.rules ?? []
            vat[seller] = sellers[seller]?.vat
        }
        return CommissionTerms(rules: rules, vat: vat, at: instant, version: version)
    }
}

/// Commission terms that this process has read, so that a purchase need not wait for them. They may
/// be out of date, which does no harm: the statement that places a purchase by them compares their
/// version with the newest, and their time with the market's.
final class KnownCommissions: Sendable {
    /// All are forgotten when there are more: some kilobytes for each that has rules of its own.
    static let sellersMax = 2048

    private let known = Mutex<CommissionReading?>(nil)

    /// Nil when something of it was not read yet.
    func terms(for sellers: [ID<Seller>], at instant: Instant) -> CommissionTerms? {
        guard let known = known.withLock({ $0 }),
            sellers.allSatisfy({ known.sellers[$0] != nil })
        else { return nil }
        return known.terms(for: sellers, at: instant)
    }

    func keep(_ reading: CommissionReading) {
        known.withLock { known in
            guard let before = known, before.version >= reading.version,
                before.sellers.count + reading.sellers.count <= Self.sellersMax
            else { return known = reading }
            guard before.version == reading.version else { return }
            known?.sellers.merge(reading.sellers) { _, new in new }
        }
    }

    func forget() { known.withLock { $0 = nil } }
}
