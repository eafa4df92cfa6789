public import Vocabulary

/// Says what it costs to send a parcel.
public protocol ShippingProvider: Provider {
    /// All options for one seller's parcel from one origin, in the order to offer them. Empty when
    /// it does not go there, which is no error.
    func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote]
}

/// One seller, one origin, one parcel. A cart of three sellers makes three requests.
public struct ShippingRequest: Hashable, Sendable, Codable {
    public var sellerID: String
    public var origin: Address
    public var destination: Address
    public var parcel: Parcel
    /// The currency that the prices must be in.
    public var currency: Currency

    public init(
        sellerID: String, origin: Address, destination: Address, parcel: Parcel,
        currency: Currency
    ) {
        self.sellerID = sellerID
        self.origin = origin
        self.destination = destination
        self.parcel = parcel
        self.currency = currency
    }
}

public struct Parcel: Hashable, Sendable, Codable {
    public var weightGrams: Int
    /// What the customer pays for the things in it, without shipping.
    public var value: Money
    public var itemCount: Int

    public init(weightGrams: Int, value: Money, itemCount: Int) {
        self.weightGrams = weightGrams
        self.value = value
        self.itemCount = itemCount
    }
}

public struct ShippingQuote: Hashable, Sendable, Codable {
    /// Unique within the answer and stable between calls for the same thing: `dhl-parcel`.
    public var code: String
    /// What the customer reads: "Standard parcel".
    public var label: String
    public var price: Money
    /// Days until it arrives, when known.
    public var daysMin: Int?
    public var daysMax: Int?
    /// The customer fetches it from the seller; no address is needed.
    public var isPickup: Bool

    public init(
        code: String, label: String, price: Money, daysMin: Int? = nil, daysMax: Int? = nil,
        isPickup: Bool = false
    ) {
        self.code = code
        self.label = label
        self.price = price
        self.daysMin = daysMin
        self.daysMax = daysMax
        self.isPickup = isPickup
    }
}
