import ProviderHost
import ProviderKit
import Testing
import Vocabulary

@Suite struct `Shipping by table` {
    private func shipping(_ table: String? = nil) throws -> GuardedShipping {
        let module = try #require(catalog.module("table-rate-shipping"))
        let settings = InstanceSettings(
            instanceID: "test", values: table.map { ["table": $0] } ?? [:])
        let services = ProviderServices(http: HostTransport(client: client, hosts: []))
        let guarded = ProviderGuard(
            try module.make(settings, services), module.descriptor, instanceID: "test",
            logger: quiet)
        return try #require(guarded.shipping)
    }

    private func request(
        from origin: String, to country: String, postcode: String = "10115", grams: Int = 800,
        value: Money = Money(4200, .eur)
    ) -> ShippingRequest {
        ShippingRequest(
            sellerID: "s", origin: Address(name: "", lines: [], city: "", country: origin),
            destination: Address(
                name: "", lines: [], city: "", postalCode: postcode, country: country),
            parcel: Parcel(weightGrams: grams, value: value, itemCount: 1),
            currency: value.currency)
    }

    @Test(arguments: [
        ("DE", "DE", Currency.eur, ["standard", "express", "pickup"]),
        ("DE", "FR", .eur, ["standard", "express"]),
        ("US", "US", .usd, ["standard", "express", "pickup"]),
        ("DE", "US", .usd, ["standard", "express"]), ("BR", "JP", .jpy, ["standard", "express"]),
        ("KW", "NZ", .kwd, ["standard", "express"]),
    ])
    func `goes everywhere with an empty configuration`(
        _ origin: String, _ country: String, _ currency: Currency, _ codes: [String]
    ) async throws {
        let quotes = try await shipping().quotes(
            for: request(from: origin, to: country, value: Money(4200, currency)), context())

        #expect(quotes.map(\.code) == codes)
        #expect(quotes.allSatisfy { $0.price.currency == currency })
    }

    @Test func `takes the first band that fits, limits included, and is free from a value on`()
        async throws
    {
        let table = """
            {"zones": [{"name": "All", "options": [
              {"code": "a", "label": "A", "freeFrom": {"EUR": "100.00"}, "bands": [
                {"gramsMax": 1000, "price": {"EUR": "4.90"}},
                {"gramsMax": 5000, "valueMax": {"EUR": "50.00"}, "price": {"EUR": "7.90"}}]}]}]}
            """
        let shipping = try shipping(table)
        func price(_ grams: Int, _ cents: Int64) async throws -> Int64? {
            try await shipping.quotes(
                for: request(from: "DE", to: "DE", grams: grams, value: Money(cents, .eur)),
                context()
            ).first?.price.amount
        }

        #expect(try await price(1000, 4200) == 490)
        #expect(try await price(1001, 5000) == 790)
        #expect(try await price(1001, 5001) == nil)
        #expect(try await price(5001, 4200) == nil)
        #expect(try await price(1000, 9999) == 490)
        #expect(try await price(1000, 10_000) == 0)
    }

    @Test func `knows zones by country and start of the postal code`() async throws {
        let table = """
            {"zones": [
              {"name": "Berlin", "countries": ["DE"], "postcodes": ["10", "12"],
               "options": [{"code": "bike", "label": "Bike", "price": {"EUR": "5.00"}}]},
              {"name": "EU", "countries": ["EU"],
               "options": [{"code": "post", "label": "Post", "price": {"EUR": "9.00"}}]}]}
            """
        let shipping = try shipping(table)
        func codes(_ country: String, _ postcode: String) async throws -> [String] {
            try await shipping.quotes(
                for: request(from: "DE", to: country, postcode: postcode), context()
            ).map(\.code)
        }

        #expect(try await codes("DE", "1 0115") == ["bike"])
        #expect(try await codes("DE", "80331") == ["post"])
        #expect(try await codes("FR", "10000") == ["post"])
        #expect(try await codes("US", "10001") == [])
    }

    @Test(arguments: [
        (
            "{\"zones\": [\n  {\"name\": \"A\",\n   \"contries\": [],\n   \"options\": []}]}",
            "Line 3: \"contries\" is not known here"
        ),
        (
            """
            {"zones": [
              {"name": "A", "options": [
                {"code": "a", "label": "A",
                 "price": {"EUR": "4,90"}}]}]}
            """,
            "Line 4: a price is a decimal in quotes, such as \"4.90\""
        ),
        ("{\"zones\": [\n", "Line 2: a value is missing here"),
        (
            """
            {"zones": [
              {"name": "A", "options": [
                {"code": "a", "label": "A", "price": {"EUR": "-1"}}]}]}
            """,
            "Line 3: a price is a decimal in quotes, such as \"4.90\""
        ),
        ("nonsense", "Line 1: a value is missing here"),
    ])
    func `names the line of a mistake`(_ table: String, _ complaint: String) throws {
        let error = #expect(throws: ProviderError.self) { try shipping(table) }

        #expect(error == .misconfigured(message: complaint))
    }
}
