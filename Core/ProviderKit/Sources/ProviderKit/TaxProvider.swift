public import Vocabulary

/// Says what tax is due. Calculates and never records.
public protocol TaxProvider: Provider {
    /// One or more tax lines for every line of the request, those without tax included, so that
    /// "no tax" always has a reason. The same request has the same answer.
    func calculate(
        _ request: TaxRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [TaxLine]
}

public struct TaxRequest: Hashable, Sendable, Codable {
    /// Where the things go.
    public var destination: Address
    /// Which day's rates hold.
    public var suppliedAt: Instant
    /// The customer's VAT number or exemption, when the customer is a business.
    public var customerTaxID: String?
    public var lines: [TaxableLine]

    public init(
        destination: Address, suppliedAt: Instant, customerTaxID: String? = nil,
        lines: [TaxableLine]
    ) {
        self.destination = destination
        self.suppliedAt = suppliedAt
        self.customerTaxID = customerTaxID
        self.lines = lines
    }
}

public enum SupplyKind: String, Hashable, Sendable, Codable { case goods, shipping }

public struct TaxableLine: Hashable, Sendable, Codable {
    /// Unique in the request; comes back in the answer.
    public var id: String
    public var kind: SupplyKind
    public var sellerID: String
    /// ISO 3166-1 alpha-2 of where it is sent from.
    public var originCountry: String
    /// `standard`, `reduced`, `exempt`, or a code that the module knows.
    public var taxCode: String
    /// The whole line after discounts.
    public var amount: Money
    /// Whether `amount` already contains the tax.
    public var includesTax: Bool

    public init(
        id: String, kind: SupplyKind, sellerID: String, originCountry: String,
        taxCode: String = "standard", amount: Money, includesTax: Bool
    ) {
        self.id = id
        self.kind = kind
        self.sellerID = sellerID
        self.originCountry = originCountry
        self.taxCode = taxCode
        self.amount = amount
        self.includesTax = includesTax
    }
}

/// Why the rate is what it is.
public enum TaxTreatment: String, Hashable, Sendable, Codable, CaseIterable {
    case standard, reduced, zeroRated, reverseCharge, export, exempt, notSubject
}

/// Who owes the tax to the state: the seller, or the platform as marketplace facilitator.
public enum TaxRemitter: String, Hashable, Sendable, Codable, CaseIterable {
    case seller, platform
}

public struct TaxLine: Hashable, Sendable, Codable {
    /// The `TaxableLine.id` that it belongs to.
    public var lineID: String
    /// `DE`, `US-CA`.
    public var jurisdiction: String
    /// What the customer reads: "VAT 19 %".
    public var label: String
    public var rate: PartsPerMillion
    /// What the rate is applied to: the amount without tax.
    public var base: Money
    public var amount: Money
    /// Whether the line's amount already contains it; if not it comes on top.
    public var isIncluded: Bool
    public var treatment: TaxTreatment
    public var remitter: TaxRemitter
    /// Where the rate comes from and since when it holds.
    public var source: String

    public init(
        lineID: String, jurisdiction: String, label: String, rate: PartsPerMillion, base: Money,
        amount: Money, isIncluded: Bool, treatment: TaxTreatment, remitter: TaxRemitter,
        source: String
    ) {
        self.lineID = lineID
        self.jurisdiction = jurisdiction
        self.label = label
        self.rate = rate
        self.base = base
        self.amount = amount
        self.isIncluded = isIncluded
        self.treatment = treatment
        self.remitter = remitter
        self.source = source
    }
}
