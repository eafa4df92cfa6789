import ProviderKit
import Testing
import Vocabulary

@testable import SolanaPay

// Every transaction here was executed by the chain's own programs.
@Suite struct `Payments of two makers on a chain that runs the real programs` {
    /// Two makers, and what each is asked for.
    struct Basket: Sendable {
        let market: ChainMarket
        let key: String
        let urls: [String]
        let amounts: [Int]
        static let orders = ["first", "second"]

        init(_ asset: Asset) async throws {
            market = try await ChainMarket(asset)
            let other = try await market.chain.wallet(1_000_000_000, [market.usdc: 0])
            let currency = asset == .sol ? SolanaPayTests.sol : SolanaPayTests.usdc
            amounts = [12_000_000, 7_000_000]
            let shares = zip(Self.orders, zip(amounts, [market.seller, other])).map {
                PaymentShare(
                    orderID: $0, sellerID: $0, amount: Money(Int64($1.0), currency),
                    destination: $1.1)
            }
            let started = try await market.module.start(
                PaymentStart(
                    paymentID: "payment", amount: Money(19_000_000, currency),
                    method: asset.rawValue, capture: .now, returnURL: "", webhookURL: "",
                    shares: shares), market.context())
            guard case .instructions(let lines) = started.next else {
                throw `Payments on Solana`.Failure()
            }
            key = started.snapshot.reference
            urls = lines.filter { $0.form == .link }.map(\.value)
        }

        func look() async throws -> PaymentSnapshot {
            let found = try await market.module.lookup(.reference(key), market.context())
            return try #require(found)
        }

        func came(_ snapshot: PaymentSnapshot) -> [Int64] {
            Self.orders.map { order in
                (snapshot.receipts ?? []).filter { $0.orderID == order }
                    .reduce(0) { $0 + $1.amount.amount }
            }
        }
    }

    @Test(arguments: Asset.allCases)
    func `count when both are exact and can no longer vanish`(_ asset: Asset) async throws {
        let basket = try await Basket(asset)
        try await basket.market.payFinally(.init(url: basket.urls[0]))
        let half = try await basket.look()
        #expect(half.status == .requiresAction && half.captured.isZero)
        #expect(basket.came(half) == [12_000_000, 0])

        let last = try await basket.market.pay(.init(url: basket.urls[1]))
        #expect(try await basket.look().status == .processing)
        try await basket.market.chain.finalize(last)

        let paid = try await basket.look()
        #expect(paid.status == .captured && paid.captured.amount == 19_000_000)
        #expect(basket.came(paid) == [12_000_000, 7_000_000])
    }

    @Test(arguments: Asset.allCases)
    func `count when one transaction pays both`(_ asset: Asset) async throws {
        let basket = try await Basket(asset)

        try await basket.market.payFinally(
            .init(url: basket.urls[0]), .init(url: basket.urls[1]))

        let paid = try await basket.look()
        #expect(paid.status == .captured)
        #expect(Set((paid.receipts ?? []).map(\.id)).count == 2)
    }

    @Test(arguments: Asset.allCases)
    func `wait for what one has too little, whatever another has too much`(
        _ asset: Asset
    ) async throws {
        let basket = try await Basket(asset)
        try await basket.market.payFinally(.init(url: basket.urls[0], amount: 12_000_001))
        try await basket.market.payFinally(.init(url: basket.urls[1], amount: 6_999_999))
        let uneven = try await basket.look()
        #expect(uneven.status == .requiresAction && uneven.captured.isZero)
        #expect(basket.came(uneven) == [12_000_001, 6_999_999])

        try await basket.market.payFinally(.init(url: basket.urls[1], amount: 1))
        let paid = try await basket.look()
        #expect(paid.captured.amount == 19_000_000)
        #expect(basket.came(paid) == [12_000_001, 7_000_000])
    }

    @Test func `are voided with what came told, and told again when the rest comes late`()
        async throws
    {
        let basket = try await Basket(.usdc)
        try await basket.market.payFinally(.init(url: basket.urls[0]))

        let ended = try await basket.market.module.void(
            reference: basket.key, basket.market.context())
        #expect(ended.status == .voided && ended.captured.isZero)
        #expect(basket.came(ended) == [12_000_000, 0])

        try await basket.market.payFinally(.init(url: basket.urls[1]))
        #expect(try await basket.look().status == .captured)
    }

    @Test func `to the other maker's wallet are nobody's`() async throws {
        let basket = try await Basket(.sol)
        let (first, second) = (
            try #require(TransferRequest(basket.urls[0])),
            try #require(TransferRequest(basket.urls[1]))
        )

        try await basket.market.payFinally(
            .init(
                url: basket.urls[0].replacing("\(first.recipient)", with: "\(second.recipient)")))

        #expect(basket.came(try await basket.look()) == [0, 0])
    }
}
