import ProviderHost
import ProviderKit
import Vocabulary

/// One payment of several sellers who are paid directly: what came for one is nothing of another's.
enum ShareCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("shares", "severalSellers") { subject in
            try subject.needs(.directToSeller)
            let trial = try subject.trial()
            guard subject.can(.severalSellers) else {
                let (_, counterpart) = try trial.payments()
                let bill = try Bill(
                    counterpart,
                    to: counterpart.otherSellerDestination
                        ?? counterpart.sellerDestination)
                guard case .failure(let error) = try await trial.start(bill) else {
                    throw Breach("it does not say so, and begins a payment of two sellers")
                }
                try expect(error.isDefinite, "its no to two sellers is no definite one: \(error)")
                return
            }
            let (bill, started) = try await trial.began()
            guard case .instructions(let lines) = started.next else {
                throw Breach("it tells the customer nothing of two sellers")
            }
            for order in bill.orders {
                try expect(
                    lines.contains { $0.orderID == order }, "no instruction is for \(order)")
            }
            let known = Set(bill.orders)
            try expect(
                lines.allSatisfy { $0.orderID.map(known.contains) ?? true },
                "an instruction is for an order that is not in the payment")
            let ways = Set(lines.filter { $0.form != .text }.map(\.value))
            try expect(ways.count >= 2, "both sellers are paid by the same address")
        },
        ConformanceCase("shares", "paid when every share has come, and not before") { subject in
            try subject.needs(.severalSellers)
            let trial = try subject.trial()
            let (bill, started) = try await trial.began()
            try await trial.paying(bill, started, part: 0, bill.amounts[0])
            let half = try await trial.look(started)
            try expect(!half.captured.isPositive, "one of two was paid, and it counts for both")
            try expect(!half.status.isOver, "one of two was paid, and it is over")
            try half.expect(came: bill.amounts[0], for: bill.orders[0])
            try half.expect(came: .zero(bill.total.currency), for: bill.orders[1])
            try await trial.paying(bill, started, part: 1, bill.amounts[1])
            let whole = try await trial.look(started)
            try expect(
                whole.status == .captured && whole.captured == bill.total,
                "both were paid, and it is \(whole.status.rawValue) with \(whole.captured)")
            try whole.expect(came: bill.amounts[1], for: bill.orders[1])
        },
        ConformanceCase("shares", "too much for one pays nothing of another") { subject in
            try subject.needs(.severalSellers)
            let trial = try subject.trial()
            let (bill, started) = try await trial.began()
            let less = Money(bill.amounts[1].amount - 1, bill.total.currency)
            let more = Money(bill.amounts[0].amount + 1, bill.total.currency)
            try await trial.paying(bill, started, part: 0, more)
            try await trial.paying(bill, started, part: 1, less)
            let seen = try await trial.look(started)
            try expect(
                !seen.captured.isPositive,
                "one got too much and one too little, and it counts as paid")
            try seen.expect(came: more, for: bill.orders[0])
            try seen.expect(came: less, for: bill.orders[1])
        },
    ]
}

/// What a purchase of two sellers asks for.
private struct Bill: Sendable {
    let total: Money
    let orders: [String]
    /// Of different sizes, so that none can be taken for the other.
    let amounts: [Money]
    let request: PaymentStart

    init(_ counterpart: any ScriptedCounterpart, to other: String?) throws {
        total = counterpart.amount
        let first = Money(total.amount / 3, total.currency)
        let shares = [
            PaymentShare(
                orderID: freshKey(), sellerID: "seller-1", amount: first,
                destination: counterpart.sellerDestination),
            PaymentShare(
                orderID: freshKey(), sellerID: "seller-2",
                amount: try total.subtracting(first), destination: other),
        ]
        orders = shares.map(\.orderID)
        amounts = shares.map(\.amount)
        request = PaymentStart(
            paymentID: freshKey(), amount: total, method: counterpart.payingMethod ?? "",
            capture: .now, returnURL: "https://market.example/back",
            webhookURL: "https://market.example/webhooks/conformance", statement: "Conformance",
            customerEmail: "ada@customer.example", shares: shares)
    }
}

extension Trial {
    fileprivate func start(_ bill: Bill) async throws -> Result<StartedPayment, ProviderError> {
        let (payments, _) = try payments()
        return await calling { () throws(ProviderError) in
            let started = try await payments.start(bill.request, context())
            if let problem = Sanity.problem(with: started, amount: bill.total) {
                throw .invalidRequest(code: "conformance", message: "the answer has \(problem)")
            }
            return started
        }
    }

    /// A payment of two sellers that waits for the customer.
    fileprivate func began() async throws -> (Bill, StartedPayment) {
        let (_, counterpart) = try payments()
        guard let other = counterpart.otherSellerDestination else {
            throw Breach("its counterpart names no other seller (otherSellerDestination)")
        }
        let bill = try Bill(counterpart, to: other)
        let result = try await start(bill)
        guard case .success(let started) = result else {
            throw Breach("a payment of two sellers did not start: \(words(result))")
        }
        try expect(!started.snapshot.captured.isPositive, "nobody has paid, and it is captured")
        return (bill, started)
    }

    fileprivate func paying(
        _ bill: Bill, _ started: StartedPayment, part: Int, _ amount: Money
    ) async throws {
        let (_, counterpart) = try payments()
        await counterpart.customerPays(
            started.snapshot.reference, amount, of: bill.orders[part])
    }

    /// Another object looks: nothing but the reference says what was asked for.
    fileprivate func look(_ started: StartedPayment) async throws -> PaymentSnapshot {
        let later = try restarted()
        let (payments, _) = try later.payments()
        let found = await later.calling { () throws(ProviderError) in
            try await payments.lookup(.reference(started.snapshot.reference), later.context())
        }
        guard case .success(.some(let now)) = found else {
            throw Breach("a payment of two sellers is not found: \(words(found))")
        }
        if let problem = Sanity.problem(with: now) { throw Breach("it has \(problem)") }
        return now
    }
}

extension PaymentSnapshot {
    fileprivate func expect(came wanted: Money, for order: String) throws {
        let all = receipts ?? []
        if let nameless = all.first(where: { $0.orderID == nil }) {
            throw Breach("receipt \(nameless.id) does not say for which order it came")
        }
        let came = try Money.sum(
            all.filter { $0.orderID == order }.map(\.amount), wanted.currency)
        guard came == wanted else {
            throw Breach("\(wanted) came for \(order), and the receipts say \(came)")
        }
    }
}
