import ProviderHost
import ProviderKit
import Testing
import Vocabulary

@testable import SolanaPay

@Suite struct `One payment of several makers` {
    typealias One = `Payments on Solana`

    static let orders = ["019a-first", "019a-second"]
    static let parts = [Money(1_000_000_000, sol), Money(500_000_000, sol)]

    static func start(
        _ amounts: [Money] = parts, _ method: String = "sol", to destinations: [String?]? = nil
    ) throws -> PaymentStart {
        let shares = amounts.enumerated().map { index, amount in
            PaymentShare(
                orderID: index < orders.count ? orders[index] : "019a-\(index)",
                sellerID: "s\(index)", amount: amount,
                destination: destinations.map { $0[index] } ?? wallet)
        }
        return PaymentStart(
            paymentID: "payment", amount: try Money.sum(amounts, amounts[0].currency),
            method: method, capture: .now, returnURL: "", webhookURL: "",
            statement: "Guildhall 1234", shares: shares)
    }

    static func bill() async throws -> PaymentBill {
        let started = try await One.module([:], One.chain).start(try start(), One.context)
        return try #require(PaymentBill(started.snapshot.reference))
    }

    /// A transfer for a part of the bill, with the references of these parts.
    static func transfer(
        _ bill: PaymentBill, _ part: Int, _ amount: Int64? = nil, naming others: [Int]? = nil
    ) -> WrittenTransaction {
        let sent = UInt64(amount ?? bill.parts[part].request.amount.amount)
        var transaction = nativeTransfer(sent)
        let named = (others ?? [part]).map { "\(bill.parts[$0].request.reference)" }
        transaction.keys = Array(transaction.keys.prefix(3)) + named
        transaction.lines[0].accounts = [0, 1] + named.indices.map { 3 + $0 }
        transaction.before = Array(transaction.before.prefix(3)) + named.map { _ in 0 }
        transaction.after = Array(transaction.after.prefix(3)) + named.map { _ in 0 }
        return transaction
    }

    /// A node that tells everything of every reference, as one that lies would.
    static func look(
        _ bill: PaymentBill, _ written: [(String, WrittenTransaction, String)]
    ) async throws -> PaymentSnapshot {
        let chain = One.chain(written.map { (name: $0.0, transaction: $0.1, level: $0.2) })
        return try #require(
            try await One.module([:], chain).lookup(.reference(bill.canonical), One.context))
    }

    @Test func `asks for a transfer for each, with a reference of its own`() async throws {
        let module = try One.module([:], One.chain)
        let started = try await module.start(try Self.start(), One.context)
        let again = try await module.start(try Self.start(), One.context)
        let other = try await module.start(
            try Self.start(), OperationContext(key: "attempt-2", within: .seconds(60)))

        guard case .instructions(let lines) = started.next else { throw One.Failure() }
        let links = lines.filter { $0.form == .link }
        #expect(links.map(\.orderID) == Self.orders)
        #expect(lines.count == 6 && lines.allSatisfy { $0.orderID != nil })
        let requests = try links.map { try #require(TransferRequest($0.value)) }
        #expect(requests.map(\.amount) == Self.parts)
        // Both makers have one wallet here.
        #expect(Set(requests.map(\.recipient)).count == 1)
        #expect(Set(requests.map(\.reference)).count == 2)
        #expect(started.snapshot.reference == again.snapshot.reference)
        #expect(started.snapshot.reference != other.snapshot.reference)
        #expect(PaymentBill(started.snapshot.reference)?.parts.map(\.request) == requests)
        #expect(started.snapshot.status == .requiresAction)
    }

    @Test func `has a reference that the market can keep, of as many as there may be`()
        async throws
    {
        let most = Money(Money.amountMax / 10, usdc)
        let module = try One.module([:], One.chain)
        let ids = (0..<10).map { _ in ID<PaymentShare>().description }
        var ten = try Self.start(Array(repeating: most, count: 10), "usdc")
        for index in ids.indices { ten.shares[index].orderID = ids[index] }
        let started = try await module.start(ten, One.context)

        #expect(Sanity.problem(with: started, amount: ten.amount) == nil)
        let bill = try #require(PaymentBill(started.snapshot.reference))
        #expect(bill.parts.map(\.order) == ids)
        #expect(bill.canonical == started.snapshot.reference)
        #expect(bill.parts.allSatisfy { $0.request.mint == ChainAddress(mainnetUSDC) })

        let eleven = try Self.start(Array(repeating: Money(1, sol), count: 11))
        await #expect {
            try await module.start(eleven, One.context)
        } throws: { error in
            if case .declined(let code, _, _)? = error as? ProviderError {
                code == "makers"
            } else {
                false
            }
        }
    }

    @Test func `is declined when one of them has no wallet`() async throws {
        let module = try One.module([:], One.chain)
        for nowhere in ["DE89370400440532013000", nil] {
            await #expect {
                try await module.start(try Self.start(to: [wallet, nowhere]), One.context)
            } throws: { error in
                (error as? ProviderError)?.isDeclinedForWallet ?? false
            }
        }
    }

    @Test func `asks nothing for a maker who gets nothing`() async throws {
        let module = try One.module([:], One.chain)
        let free = try Self.start([Self.parts[0], .zero(sol)], to: [wallet, nil])

        let started = try await module.start(free, One.context)

        #expect(TransferRequest(started.snapshot.reference)?.amount == Self.parts[0])
    }

    @Test func `does not begin when the parts are not the whole`() async throws {
        var wrong = try Self.start()
        wrong.amount = Money(1, sol)
        let module = try One.module([:], One.chain)

        await #expect(throws: ProviderError.self) { try await module.start(wrong, One.context) }
    }

    @Test func `is paid when each has theirs for good`() async throws {
        let bill = try await Self.bill()
        let half = try await Self.look(bill, [("a", Self.transfer(bill, 0), "finalized")])
        #expect(half.status == .requiresAction && half.captured.isZero)
        #expect(half.receipts?.map(\.orderID) == [Self.orders[0]])

        let seen = try await Self.look(
            bill,
            [
                ("a", Self.transfer(bill, 0), "finalized"),
                ("b", Self.transfer(bill, 1), "confirmed"),
            ])
        #expect(seen.status == .processing && seen.captured.isZero)

        let paid = try await Self.look(
            bill,
            [
                ("a", Self.transfer(bill, 0), "finalized"),
                ("b", Self.transfer(bill, 1), "finalized"),
            ])
        #expect(paid.status == .captured)
        #expect(paid.captured == Money(1_500_000_000, sol))
    }

    @Test func `is not paid by too much for one and too little for another`() async throws {
        let bill = try await Self.bill()
        let uneven = try await Self.look(
            bill,
            [
                ("a", Self.transfer(bill, 0, 1_000_000_001), "finalized"),
                ("b", Self.transfer(bill, 1, 499_999_999), "finalized"),
            ])

        #expect(uneven.status == .requiresAction && uneven.captured.isZero)
        #expect(uneven.receipts?.map(\.amount.amount) == [1_000_000_001, 499_999_999])
    }

    @Test func `counts a transfer for one, whatever a node shows it for`() async throws {
        let bill = try await Self.bill()
        let shown = try await Self.look(
            bill, [("a", Self.transfer(bill, 0, 9_000_000_000), "finalized")])
        #expect(shown.receipts?.map(\.orderID) == [Self.orders[0]])

        // One transfer that names both would have to count for one of them, or twice.
        let both = try await Self.look(
            bill, [("a", Self.transfer(bill, 0, naming: [0, 1]), "finalized")])
        #expect(both.receipts == [])
    }

    @Test(arguments: [
        "solana-orders:", "solana-orders:x?asset=SOL", "solana-orders:\(wallet)?asset=SOL",
        "solana-orders:\(wallet)?asset=SOL&a=\(wallet),1",
        "solana-orders:\(wallet)?asset=SOL&a=\(wallet),1&a=\(wallet),2",
        "solana-orders:\(wallet)?asset=SOL&a=\(wallet),1&b=\(wallet),0",
        "solana-orders:\(wallet)?asset=SOL&a=\(wallet),1&b=\(wallet),-2",
        "solana-orders:\(wallet)?asset=EUR&a=\(wallet),1&b=\(wallet),2",
        "solana-orders:\(wallet)?a=\(wallet),1&b=\(wallet),2",
        "solana-orders:\(wallet)?asset=SOL&a=\(wallet)&b=\(wallet),2",
    ])
    func `is nothing by a reference that this module never wrote`(_ text: String) async throws {
        #expect(PaymentBill(text) == nil)
    }
}
