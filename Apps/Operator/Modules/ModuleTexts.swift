/// The source files that `guildhall module new` writes; `<NAME>`, `<KEY>` and `<TITLE>` are filled
/// in.
enum ModuleTexts {
    static let exports = """

        @_cdecl("guildhall_contract") public func contract() -> Int64 { providerContractVersion }
        @_cdecl("guildhall_module") public func module() -> UnsafeMutableRawPointer {
            exportModule(<NAME>.self)
        }

        """

    static let shipping =
        #"""
        import ProviderKit
        import Vocabulary

        /// One price, wherever it goes.
        public struct <NAME>: ShippingProvider {
            static let price = ConfigurationField(
                "price", label: "Price", help: "In major units: 4.90", fallback: "4.90")

            public static let descriptor = ModuleDescriptor(
                kind: .shipping, key: "<KEY>", name: "<TITLE>", version: "1.0",
                summary: "One price, wherever it goes.", fields: [price])

            private let text: String

            public init(
                settings: InstanceSettings, services: ProviderServices
            ) throws(ProviderError) {
                text = try settings.required(Self.price)
                guard let price = Money(decimal: text, .eur), !price.isNegative else {
                    throw .misconfigured(message: "The price is not an amount such as 4.90.")
                }
            }

            public func check(
                _ context: OperationContext
            ) async throws(ProviderError) -> [String] { [] }

            public func quotes(
                for request: ShippingRequest, _ context: OperationContext
            ) async throws(ProviderError) -> [ShippingQuote] {
                // A currency without cents has no 4.90: then there is no price in it.
                guard let price = Money(decimal: text, request.currency) else { return [] }
                return [ShippingQuote(code: "standard", label: "Standard parcel", price: price)]
            }
        }

        """# + exports

    static let shippingTest = #"""
        import ProviderKit
        import Testing
        import Vocabulary

        @testable import <NAME>

        private struct NoNetwork: HTTPTransport {
            func send(
                _ request: HTTPRequest, deadline: Instant
            ) async throws(ProviderError) -> HTTPResponse {
                throw .unavailable(message: "there is no network here", retryAfterSeconds: nil)
            }
        }

        @Test func `the price is the one that was set`() async throws {
            let shipping = try <NAME>(
                settings: InstanceSettings(instanceID: "test", values: ["price": "5.90"]),
                services: ProviderServices(http: NoNetwork()))
            let home = Address(name: "Ada", lines: ["Gasse 1"], city: "Berlin", country: "DE")

            let quotes = try await shipping.quotes(
                for: ShippingRequest(
                    sellerID: "s", origin: home, destination: home,
                    parcel: Parcel(weightGrams: 500, value: Money(1000, .eur), itemCount: 1),
                    currency: .eur), OperationContext(key: "k", within: .seconds(1)))

            #expect(quotes.map(\.price) == [Money(590, .eur)])
        }

        """#

    static let tax =
        #"""
        import ProviderKit
        import Vocabulary

        /// One rate on everything.
        public struct <NAME>: TaxProvider {
            static let rate = ConfigurationField(
                "rate", label: "Rate", kind: .integer,
                help: "In parts per million: 190000 is 19 %.", fallback: "190000")

            public static let descriptor = ModuleDescriptor(
                kind: .tax, key: "<KEY>", name: "<TITLE>", version: "1.0",
                summary: "One rate on everything.", fields: [rate])

            private let rate: PartsPerMillion

            public init(
                settings: InstanceSettings, services: ProviderServices
            ) throws(ProviderError) {
                guard let rate = Int64(try settings.required(Self.rate)),
                    (0...1_000_000).contains(rate)
                else { throw .misconfigured(message: "The rate is not 0 to 1000000.") }
                self.rate = PartsPerMillion(rate)
            }

            public func check(
                _ context: OperationContext
            ) async throws(ProviderError) -> [String] { [] }

            public func calculate(
                _ request: TaxRequest, _ context: OperationContext
            ) async throws(ProviderError) -> [TaxLine] {
                guard !request.destination.country.isEmpty else {
                    throw .invalidRequest(code: "country", message: "Where it goes is not said.")
                }
                var lines: [TaxLine] = []
                for line in request.lines {
                    do throws(MoneyError) {
                        let tax =
                            line.includesTax
                            ? try rate.included(in: line.amount) : try rate.of(line.amount)
                        lines.append(
                            TaxLine(
                                lineID: line.id, jurisdiction: request.destination.country,
                                label: "Tax", rate: rate,
                                base: line.includesTax
                                    ? try line.amount.subtracting(tax) : line.amount,
                                amount: tax, isIncluded: line.includesTax, treatment: .standard,
                                remitter: .seller, source: "the rate that was set"))
                    } catch {
                        throw .invalidRequest(
                            code: "amount", message: "A line is too large to tax.")
                    }
                }
                return lines
            }
        }

        """# + exports

    static let taxTest = #"""
        import ProviderKit
        import Testing
        import Vocabulary

        @testable import <NAME>

        private struct NoNetwork: HTTPTransport {
            func send(
                _ request: HTTPRequest, deadline: Instant
            ) async throws(ProviderError) -> HTTPResponse {
                throw .unavailable(message: "there is no network here", retryAfterSeconds: nil)
            }
        }

        @Test func `base and tax add up to the price`() async throws {
            let tax = try <NAME>(
                settings: InstanceSettings(instanceID: "test", values: ["rate": "200000"]),
                services: ProviderServices(http: NoNetwork()))

            let lines = try await tax.calculate(
                TaxRequest(
                    destination: Address(name: "Ada", lines: [], city: "Berlin", country: "DE"),
                    suppliedAt: .systemNow,
                    lines: [
                        TaxableLine(
                            id: "l", kind: .goods, sellerID: "s", originCountry: "DE",
                            amount: Money(1200, .eur), includesTax: true)
                    ]), OperationContext(key: "k", within: .seconds(1)))

            #expect(lines.map(\.amount) == [Money(200, .eur)])
            #expect(lines.map(\.base) == [Money(1000, .eur)])
        }

        """#
}
