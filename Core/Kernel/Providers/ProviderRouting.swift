public import ProviderKit
public import Vocabulary

/// What decides which instance serves a checkout.
public struct RoutingFacts: Sendable {
    public var amount: Money
    /// ISO 3166-1 alpha-2 of where the things go.
    public var country: String
    /// The ids of the sellers in it, as text.
    public var sellers: Set<String>
    /// The same for all questions of one checkout, so that it stays on one side of a split.
    public var sticky: String

    public init(amount: Money, country: String, sellers: Set<String>, sticky: String) {
        self.amount = amount
        self.country = country
        self.sellers = sellers
        self.sticky = sticky
    }
}

/// One line of the ordered list that says which instance serves a checkout.
public struct ProviderRule: Sendable {
    public let id: ID<ProviderRule>
    public let kind: ProviderKind
    public let instance: ID<ProviderInstance>
    public var currency: Currency?
    public var country: String?
    /// In minor units, both ends included; they need a currency.
    public var amountMin: Int64?
    public var amountMax: Int64?
    public var seller: String?
    /// The part of the checkouts that fit which it takes; the rest goes on to the next rule.
    public var share: PartsPerMillion

    public init(
        id: ID<ProviderRule> = ID(), kind: ProviderKind, instance: ID<ProviderInstance>,
        currency: Currency? = nil, country: String? = nil, amountMin: Int64? = nil,
        amountMax: Int64? = nil, seller: String? = nil,
        share: PartsPerMillion = PartsPerMillion(1_000_000)
    ) {
        self.id = id
        self.kind = kind
        self.instance = instance
        self.currency = currency
        self.country = country
        self.amountMin = amountMin
        self.amountMax = amountMax
        self.seller = seller
        self.share = share
    }

    /// Whether the checkout is of the sort that this rule is for, its share aside.
    func fits(_ facts: RoutingFacts) -> Bool {
        if let currency, currency != facts.amount.currency { return false }
        if let country, country != facts.country { return false }
        if let amountMin, facts.amount.amount < amountMin { return false }
        if let amountMax, facts.amount.amount > amountMax { return false }
        if let seller, !facts.sellers.contains(seller) { return false }
        return true
    }

    /// Whether a checkout falls into the rule's share: by a hash, so that the same checkout
    /// always falls the same way, here and in every other process.
    func takes(_ sticky: String) -> Bool {
        let digest = sha256(Array("\(id)\n\(sticky)".utf8))
        let number = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return number % 1_000_000 < UInt64(clamping: share.value)
    }
}

/// The instances that the rules give a checkout, each once and best first.
struct RoutedInstances: Sendable {
    /// Those whose rule fits and takes it.
    var taking: [ProviderInstance] = []
    /// Those whose rule fits and whose share it does not fall into, for when none of the first can
    /// serve it. A rule without a share serves nobody.
    var reserve: [ProviderInstance] = []
}

extension ProviderRule {
    /// Without any rule for the kind, all instances take the checkout, in the order given.
    static func choose(
        among instances: [ProviderInstance], by rules: [ProviderRule], for facts: RoutingFacts
    ) -> RoutedInstances {
        guard !rules.isEmpty else { return RoutedInstances(taking: instances) }
        var chosen = RoutedInstances()
        var seen: Set<ID<ProviderInstance>> = []
        func add(
            _ rules: [ProviderRule], to list: WritableKeyPath<RoutedInstances, [ProviderInstance]>
        ) {
            for rule in rules where seen.insert(rule.instance).inserted {
                chosen[keyPath: list] += instances.filter { $0.id == rule.instance }
            }
        }
        let fitting = rules.filter { $0.fits(facts) }
        add(fitting.filter { $0.takes(facts.sticky) }, to: \.taking)
        add(fitting.filter { $0.share.value > 0 }, to: \.reserve)
        return chosen
    }
}
