import ProviderKit
import Testing
import Vocabulary

@testable import SolanaPay

/// The module's type; its name is that of its target too.
typealias SolanaPayModule = SolanaPay

// Every transaction here was executed by the chain's own programs.
@Suite struct `Payments on a chain that runs the real programs` {
    @Test(arguments: Asset.allCases)
    func `count when they are exact and can no longer vanish`(_ asset: Asset) async throws {
        let market = try await ChainMarket(asset)
        let bill = try await market.bill()
        #expect(try await market.look(bill).status == .requiresAction)

        let signature = try await market.pay(.init(url: bill.url))
        let seen = try await market.look(bill)
        #expect(seen.status == .processing)
        #expect(seen.captured.isZero)
        #expect(seen.receipts?.map(\.isFinal) == [false])
        try await market.chain.finalize(signature)
        let paid = try await market.look(bill)

        #expect(paid.status == .captured)
        #expect(paid.captured == bill.amount)
        #expect(paid.receipts?.map(\.id) == ["\(signature)#0"])
        #expect(paid.receipts?.map(\.amount) == [bill.amount])
        #expect(try await market.earned() == bill.amount.amount)
    }

    @Test(arguments: Asset.allCases)
    func `keep what is too much apart`(_ asset: Asset) async throws {
        let market = try await ChainMarket(asset)
        let bill = try await market.bill()

        try await market.payFinally(.init(url: bill.url, amount: market.asked + 1))

        let paid = try await market.look(bill)
        #expect(paid.captured == bill.amount)
        #expect(paid.receipts?.map(\.amount.amount) == [Int64(market.asked) + 1])
    }

    @Test(arguments: Asset.allCases)
    func `wait for the rest of what is too little`(_ asset: Asset) async throws {
        let market = try await ChainMarket(asset)
        let bill = try await market.bill()

        try await market.payFinally(.init(url: bill.url, amount: market.asked - 1))
        let part = try await market.look(bill)
        #expect(part.status == .requiresAction)
        #expect(part.captured.isZero)
        #expect(part.receipts?.map(\.amount.amount) == [Int64(market.asked) - 1])

        try await market.payFinally(.init(url: bill.url, amount: 1))
        #expect(try await market.look(bill).captured == bill.amount)
    }

    @Test(arguments: Asset.allCases)
    func `are nothing when the transaction failed`(_ asset: Asset) async throws {
        let market = try await ChainMarket(asset)
        let bill = try await market.bill()

        // More than the wallet has.
        let failed = try await market.payFinally(.init(url: bill.url, amount: 900_000_000_000))

        let seen = try await market.look(bill)
        #expect(seen.status == .requiresAction)
        #expect(seen.receipts == [])
        #expect(try await market.earned() == 0)
        let told = try await market.module.chain.statuses(of: [failed], market.context())
        #expect(told.first??.err != nil)
        try await market.payFinally(.init(url: bill.url))
        #expect(try await market.look(bill).captured == bill.amount)
    }

    @Test func `in another token are nothing`() async throws {
        let market = try await ChainMarket(.usdc)
        let bill = try await market.bill()

        try await market.payFinally(.init(url: bill.url, mint: market.worthless))
        #expect(try await market.look(bill).receipts == [])
        let seller = market.seller
        try await market.payFinally(
            .init(url: "solana:\(seller)?amount=1&reference=\(bill.reference)"))
        #expect(try await market.look(bill).receipts == [])
        #expect(try await market.chain.tokens(seller, market.worthless) == market.asked)
    }

    @Test(arguments: Asset.allCases)
    func `without their reference, or with others beside it, are nobody's`(
        _ asset: Asset
    ) async throws {
        let market = try await ChainMarket(asset)
        let (bill, other) = (try await market.bill(), try await market.bill())

        try await market.payFinally(.init(url: bill.url, references: []))
        try await market.payFinally(
            .init(url: bill.url, references: [bill.reference, other.reference]))

        #expect(try await market.look(bill).receipts == [])
        #expect(try await market.look(other).receipts == [])
        #expect(try await market.earned() == 2 * Int64(market.asked))
    }

    @Test(arguments: Asset.allCases)
    func `to somebody else are nothing`(_ asset: Asset) async throws {
        let market = try await ChainMarket(asset)
        let bill = try await market.bill()
        let thief = try await market.chain.wallet(1_000_000_000, [market.usdc: 0])

        try await market.payFinally(
            .init(url: bill.url.replacing(market.seller, with: thief)))

        #expect(try await market.look(bill).receipts == [])
    }

    @Test(arguments: Asset.allCases)
    func `count once, however often and for whatever they are shown`(
        _ asset: Asset
    ) async throws {
        let market = try await ChainMarket(asset)
        let (first, second) = (try await market.bill(), try await market.bill())

        // One transaction that pays both: each transfer is one bill's.
        try await market.payFinally(.init(url: first.url), .init(url: second.url))

        let (one, two) = (try await market.look(first), try await market.look(second))
        #expect(one.captured == first.amount)
        #expect(two.captured == second.amount)
        #expect(one.receipts?.count == 1)
        #expect(
            Set((one.receipts ?? []).map(\.id)).isDisjoint(with: (two.receipts ?? []).map(\.id)))
        #expect(try await market.look(first).receipts == one.receipts)
        #expect(try await market.earned() == 2 * Int64(market.asked))
    }

    @Test(arguments: Asset.allCases)
    func `are voided while nothing came, and told when they come after all`(
        _ asset: Asset
    ) async throws {
        let market = try await ChainMarket(asset)
        let bill = try await market.bill()
        let ended = try await market.module.void(reference: bill.key, market.context())
        #expect(ended.status == .voided)

        try await market.payFinally(.init(url: bill.url))

        #expect(try await market.look(bill).captured == bill.amount)
        let late = try await market.module.void(reference: bill.key, market.context())
        #expect(late.status == .captured)
    }

    @Test func `are not asked for where the wallet would refuse`() async throws {
        let market = try await ChainMarket(.usdc)
        let chain = market.chain
        let bare = try await chain.wallet(1_000_000_000)
        for nobody in [bare, "11111111111111111111111111111111", market.usdc] {
            await #expect(throws: ProviderError.self) {
                try await market.bill(of: nobody)
            }
        }
        #expect(try await market.module.check(market.context()) == [])
        let coarse = try chain.module(usdc: try await chain.mint(decimals: 2))
        #expect(try await coarse.check(market.context()).count == 1)
        let none = try chain.module(usdc: bare)
        #expect(try await none.check(market.context()).count == 1)
    }
}

enum Asset: String, CaseIterable, Sendable {
    case sol, usdc
}

/// A seller and a customer with wallets on the chain, and the module between them.
struct ChainMarket: Sendable {
    struct Bill {
        /// What the customer's wallet is given.
        let url: String
        /// The module's reference of the payment.
        let key: String
        /// The key among the accounts.
        let reference: String
        let amount: Money
    }

    let chain: TestChain
    let module: SolanaPayModule
    let asset: Asset
    let usdc: String
    /// A token that nobody asked for.
    let worthless: String
    let seller: String
    let customer: String
    private let before: Int
    /// Minor units of a bill.
    let asked = 12_345_678

    init(_ asset: Asset) async throws {
        chain = try await TestChain.running()
        self.asset = asset
        usdc = try await chain.mint()
        worthless = try await chain.mint()
        module = try chain.module(usdc: usdc)
        seller = try await chain.wallet(1_000_000_000, [usdc: 0, worthless: 0])
        customer = try await chain.wallet(
            5_000_000_000, [usdc: 500_000_000, worthless: 500_000_000])
        before = try await chain.lamports(seller)
    }

    func context() -> OperationContext {
        OperationContext(key: "\(ID<Bill>())", within: .seconds(10))
    }

    func bill(of wallet: String? = nil) async throws -> Bill {
        let currency = asset == .sol ? SolanaPayTests.sol : SolanaPayTests.usdc
        let amount = Money(Int64(asked), currency)
        let started = try await module.start(
            `Payments on Solana`.start(amount, asset.rawValue, to: wallet ?? seller), context())
        guard case .instructions(let lines) = started.next,
            let request = TransferRequest(started.snapshot.reference)
        else { throw `Payments on Solana`.Failure() }
        return Bill(
            url: lines[0].value, key: started.snapshot.reference,
            reference: "\(request.reference)", amount: amount)
    }

    func look(_ bill: Bill) async throws -> PaymentSnapshot {
        guard let known = try await module.lookup(.reference(bill.key), context()) else {
            throw `Payments on Solana`.Failure()
        }
        return known
    }

    func pay(_ line: TestChain.Line) async throws -> String {
        try await chain.pay(line, from: customer)
    }

    @discardableResult
    func payFinally(_ line: TestChain.Line) async throws -> String {
        let signature = try await chain.pay(line, from: customer)
        try await chain.finalize(signature)
        return signature
    }

    func payFinally(_ one: TestChain.Line, _ two: TestChain.Line) async throws {
        try await chain.finalize(try await chain.pay(one, two, from: customer))
    }

    /// What the seller's wallet has more than before, in minor units.
    func earned() async throws -> Int64 {
        switch asset {
        case .sol: Int64(try await chain.lamports(seller) - before)
        case .usdc: Int64(try await chain.tokens(seller, usdc))
        }
    }
}
