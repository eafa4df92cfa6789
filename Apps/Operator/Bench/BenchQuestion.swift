import Kernel
import ProviderKit
import Vocabulary

/// What is asked: nothing that a provider's network would be part of.
enum BenchQuestion: String, CaseIterable, Sendable {
    case checkout, payments, quotes, taxes, manyTaxes

    var dataset: String {
        switch self {
        case .checkout:
            "one checkout: quotes for three parcels at once, then taxes, then the payment's start"
        case .payments: "a payment of 42.50 EUR begun by cash-on-delivery"
        case .quotes: "one parcel from Berlin to Paris by table-rate-shipping"
        case .taxes: "three things and two parcels to Berlin by rate-table-tax"
        case .manyTaxes: "eighteen things and two parcels to Berlin by rate-table-tax"
        }
    }

    /// Begun anew each time: what is asked again may be answered from memory.
    static func payment() -> PaymentStart {
        let id = ID<Payment>().description
        return PaymentStart(
            paymentID: id, amount: Money(4250, .eur), method: "cash", capture: .now,
            returnURL: "http://localhost/purchases/\(id)",
            webhookURL: "http://localhost/webhooks/\(id)", statement: "Guildhall 7KQ2",
            customerEmail: "ada@example.test",
            shares: [
                PaymentShare(
                    orderID: id, sellerID: "01890000-0000-7000-8000-000000000001",
                    amount: Money(4250, .eur))
            ])
    }

    static let parcel = ShippingRequest(
        sellerID: "01890000-0000-7000-8000-000000000001", origin: address("DE", "Berlin"),
        destination: address("FR", "Paris"),
        parcel: Parcel(weightGrams: 1200, value: Money(4250, .eur), itemCount: 3),
        currency: .eur)

    static let basket = basket(things: 3)
    static let fullBasket = basket(things: 18)

    private static func basket(things: Int) -> TaxRequest {
        TaxRequest(
            destination: address("DE", "Berlin"), suppliedAt: .systemNow,
            lines: (1...things + 2).map {
                TaxableLine(
                    id: "line-\($0)", kind: $0 > things ? .shipping : .goods,
                    sellerID: "01890000-0000-7000-8000-000000000001",
                    originCountry: "DE", amount: Money(Int64($0) * 1000, .eur), includesTax: true)
            })
    }

    private static func address(_ country: String, _ city: String) -> Address {
        Address(
            name: "Ada Lovelace", lines: ["Gasse 1"], city: city, postalCode: "10115",
            country: country)
    }
}
