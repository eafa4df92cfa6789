import ProviderHost
import ProviderKit
import Testing
import Vocabulary

/// Modules of which a person says that the money came, loaded as the market loads them.
@Suite struct `Payments that a person confirms` {
    static let settings: [String: [String: String]] = [
        "bank-transfer": [
            "holder": "Guildhall GmbH", "iban": "DE89 3704 0044 0532 0130 00",
            "bic": "COBADEFFXXX",
        ],
        "cash-on-delivery": [:],
    ]

    static func provider(
        _ key: String, _ values: [String: String] = [:]
    ) throws -> GuardedPayment {
        let module = try #require(catalog.module(key))
        let provider = try module.make(
            InstanceSettings(
                instanceID: "test", values: (settings[key] ?? [:]).merging(values) { $1 }),
            ProviderServices(http: HostTransport(client: client, hosts: [])))
        return try #require(
            ProviderGuard(provider, module.descriptor, instanceID: "test", logger: quiet).payment)
    }

    static func start(_ amount: Money, _ method: String) -> PaymentStart {
        PaymentStart(
            paymentID: "0198f1c2-0000-7c3d-8e4f-5a6b7c8d9e0f", amount: amount, method: method,
            capture: .now, returnURL: "", webhookURL: "",
            shares: [PaymentShare(orderID: "o", sellerID: "s", amount: amount)])
    }

    static func confirmation(
        _ reference: String, _ amount: Money, _ came: [Int64], isEnded: Bool = false
    ) -> PaymentConfirmation {
        PaymentConfirmation(
            reference: reference, paymentID: "p", amount: amount,
            receipts: came.enumerated().map {
                Receipt(
                    id: "r\($0)", amount: Money($1, amount.currency),
                    at: Instant(secondsSince1970: 0))
            }, isEnded: isEnded, version: 7)
    }

    @Test func `a transfer has a reference that banks check, and a code for their apps`()
        async throws
    {
        let bank = try Self.provider("bank-transfer")
        let started = try await bank.start(Self.start(Money(4250, .eur), "transfer"), context())

        let reference = try #require(CreditorReference(started.snapshot.reference))
        #expect(started.snapshot.status == .requiresAction)
        guard case .instructions(let lines) = started.next else { return #expect(Bool(false)) }
        #expect(
            lines.map(\.label) == [
                "Account holder", "IBAN", "BIC", "Amount", "Reference", "For your banking app",
            ])
        #expect(lines[1].value == "DE89 3704 0044 0532 0130 00")
        #expect(lines[4].value == reference.grouped)
        #expect(lines[5].form == .code)
        #expect(
            lines[5].value == """
                BCD
                002
                1
                SCT
                COBADEFFXXX
                Guildhall GmbH
                DE89370400440532013000
                EUR42.50

                \(reference.text)
                """)
        let until = try #require(started.payUntil)
        #expect(until > Instant.systemNow.advanced(by: .seconds(7 * 86_400 - 60)))
    }

    @Test func `a transfer is paid when enough came, in parts or at once`() async throws {
        let bank = try Self.provider("bank-transfer")
        let amount = Money(4250, .eur)
        func status(_ came: [Int64], isEnded: Bool = false) async throws -> PaymentSnapshot {
            try await bank.confirmed(
                Self.confirmation("RF", amount, came, isEnded: isEnded), context())
        }

        #expect(try await status([]).status == .requiresAction)
        #expect(try await status([4249]).status == .requiresAction)
        #expect(try await status([4249]).captured.isZero)
        #expect(try await status([4249, 1]).captured == amount)
        #expect(try await status([5000]).captured == amount)
        #expect(try await status([], isEnded: true).status == .voided)
        #expect(try await status([4250], isEnded: true).captured == amount)
        #expect(try await status([]).version == 7)
    }

    @Test func `no code is drawn where no SEPA transfer is possible`() async throws {
        let bank = try Self.provider("bank-transfer", ["currencies": "EUR, USD"])
        let started = try await bank.start(Self.start(Money(4250, .usd), "transfer"), context())

        guard case .instructions(let lines) = started.next else { return #expect(Bool(false)) }
        #expect(!lines.contains { $0.form == .code })
        #expect(try await bank.methods(for: Money(1, .gbp), context()).isEmpty)
    }

    @Test func `cash is promised, then confirmed`() async throws {
        let cash = try Self.provider("cash-on-delivery", ["most": "100"])
        let amount = Money(4250, .eur)
        let started = try await cash.start(Self.start(amount, "cash"), context())
        let reference = started.snapshot.reference

        #expect(started.snapshot.status == .authorized)
        #expect(started.snapshot.authorized == amount)
        let paid = try await cash.confirmed(
            Self.confirmation(reference, amount, [4250]), context())
        #expect(paid.captured == amount)
        let refused = try await cash.confirmed(
            Self.confirmation(reference, amount, [], isEnded: true), context())
        #expect(refused.status == .voided)
        #expect(try await cash.methods(for: Money(10_000, .eur), context()).count == 1)
        #expect(try await cash.methods(for: Money(10_001, .eur), context()).isEmpty)
    }

    @Test(arguments: [
        ("bank-transfer", ["iban": "DE89370400440532013001"]), ("bank-transfer", ["bic": "X"]),
        ("bank-transfer", ["days": "31"]), ("bank-transfer", ["currencies": "EUR,XXX"]),
        ("bank-transfer", ["holder": "Guild\nhall"]),
        ("cash-on-delivery", ["currencies": "DM"]), ("cash-on-delivery", ["most": "-1"]),
    ])
    func `settings that make no sense are refused`(_ key: String, _ values: [String: String]) {
        #expect(throws: ProviderError.self) { try Self.provider(key, values) }
    }

    // The example of ISO 11649's own annex, and a transposed digit.
    @Test func `a reference with a typing error is noticed`() {
        #expect(CreditorReference("RF18 5390 0754 7034") != nil)
        #expect(CreditorReference("RF18 5390 0745 7034") == nil)
        #expect(CreditorReference(body: "539007547034")?.text == "RF18539007547034")
        #expect(CreditorReference(body: "") == nil)
    }
}
