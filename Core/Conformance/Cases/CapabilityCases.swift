import ProviderHost
import ProviderKit
import Vocabulary

/// What a module says that it can do it does; what it does not say it refuses as `unsupported`.
enum CapabilityCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("capabilities", "pays at once") { subject in
            let trial = try subject.trial()
            let paid = try await trial.paid()
            let (payments, counterpart) = try trial.payments()
            let found = await trial.calling { () throws(ProviderError) in
                try await payments.lookup(.reference(paid.reference), trial.context())
            }
            guard case .success(.some(let known)) = found, known.captured == counterpart.amount
            else { throw Breach("what was paid is not found: \(words(found))") }
        },
        ConformanceCase("capabilities", "says no when the provider declines") { subject in
            let trial = try subject.trial()
            let (_, counterpart) = try trial.payments()
            let method = try applicable(
                counterpart.decliningMethod, "no way to pay is declined at once")
            let id = freshKey()
            let result = try await trial.start(method: method, id: id)
            guard case .failure(.declined) = result else {
                throw Breach("a declined payment is \(words(result))")
            }
            let isHeld = counterpart.books.payments.contains {
                $0.paymentID == id && !$0.status.isOver
            }
            try expect(!isHeld, "it was declined, and money is held")
        },
        ConformanceCase("capabilities", "separateCapture") { try await separateCapture($0) },
        ConformanceCase("capabilities", "multipleCaptures") { try await multipleCaptures($0) },
        ConformanceCase("capabilities", "partialRefund") { try await partialRefund($0) },
        ConformanceCase("capabilities", "redirect") { try await redirect($0) },
        ConformanceCase("capabilities", "payouts, payoutFiles and the protocols agree") { subject in
            let roles = try subject.trial().provider.roles
            try expect(
                roles.contains(.payouts) == subject.can(.payouts),
                "it conforms to PayoutProvider or says payouts, and not both")
            try expect(
                roles.contains(.payoutFiles) == subject.can(.payoutFiles),
                "it conforms to PayoutFileProvider or says payoutFiles, and not both")
        },
        ConformanceCase("capabilities", "refunds no more than was captured") { subject in
            let trial = try subject.trial()
            if subject.can(.directToSeller) { throw DoesNotApply("the seller refunds") }
            if subject.can(.confirmedByPerson) { throw DoesNotApply("a person refunds") }
            let payment = try await trial.paid()
            let more = try payment.captured.adding(Money(1, payment.captured.currency))
            let result = try await trial.refund(payment, more)
            if case .success = result { throw Breach("it refunded more than was captured") }
        },
        ConformanceCase("capabilities", "a balance that goes on and ends") {
            try await balance($0)
        },
    ]

    private static func separateCapture(_ subject: Subject) async throws {
        let trial = try subject.trial()
        let (payments, counterpart) = try trial.payments()
        guard subject.can(.separateCapture) else {
            let result = try await trial.start(capture: .later)
            guard case .failure(.unsupported) = result else {
                throw Breach("it does not say so, and a capture later is \(words(result))")
            }
            return
        }
        let payment = try await trial.paid(capture: .later)
        let books = counterpart.books.payments.first { $0.reference == payment.reference }
        try expect(books?.captured.isZero ?? false, "it was to wait, and took the money")
        let captured = await trial.calling { () throws(ProviderError) in
            try await payments.capture(
                CaptureRequest(
                    reference: payment.reference, amount: payment.authorized, isFinal: true),
                trial.context())
        }
        guard case .success(let snapshot) = captured, snapshot.captured == payment.authorized
        else { throw Breach("its capture is \(words(captured))") }
    }

    private static func multipleCaptures(_ subject: Subject) async throws {
        try subject.needs(.separateCapture)
        let trial = try subject.trial()
        let (payments, counterpart) = try trial.payments()
        let payment = try await trial.paid(capture: .later)
        let currency = payment.authorized.currency
        let third = Money(payment.authorized.amount / 3, currency)
        let first = await trial.calling { () throws(ProviderError) in
            try await payments.capture(
                CaptureRequest(reference: payment.reference, amount: third, isFinal: false),
                trial.context())
        }
        guard subject.can(.multipleCaptures) else {
            guard case .failure(.unsupported) = first else {
                throw Breach("it does not say so, and a first of several is \(words(first))")
            }
            return
        }
        let last = await trial.calling { () throws(ProviderError) in
            try await payments.capture(
                CaptureRequest(reference: payment.reference, amount: third, isFinal: true),
                trial.context())
        }
        guard case .success = first, case .success(let snapshot) = last,
            snapshot.captured.amount == third.amount * 2
        else { throw Breach("two captures are \(words(first)) and \(words(last))") }
        let books = counterpart.books.payments.first { $0.reference == payment.reference }
        try expect(books?.captured == snapshot.captured, "the books say another amount")
    }

    private static func partialRefund(_ subject: Subject) async throws {
        if subject.can(.directToSeller) { throw DoesNotApply("the seller refunds") }
        let trial = try subject.trial()
        let (_, counterpart) = try trial.payments()
        let payment = try await trial.paid()
        let part = Money(payment.captured.amount / 3, payment.captured.currency)
        let result = try await trial.refund(payment, part)
        guard subject.can(.partialRefund) else {
            guard case .failure(.unsupported) = result else {
                throw Breach("it does not say so, and a part refunded is \(words(result))")
            }
            return
        }
        let second = try await trial.refund(payment, part)
        guard case .success = result, case .success = second else {
            throw Breach("two parts refunded are \(words(result)) and \(words(second))")
        }
        let sum = counterpart.books.refunds.filter { $0.paymentReference == payment.reference }
            .reduce(Int64(0)) { $0 + $1.amount.amount }
        try expect(sum == part.amount * 2, "the books say \(sum), not \(part.amount * 2)")
    }

    private static func redirect(_ subject: Subject) async throws {
        let trial = try subject.trial()
        let (payments, counterpart) = try trial.payments()
        // Who borrows a counterpart need not offer all that its lender does.
        let offered = await trial.calling { () throws(ProviderError) in
            try await payments.methods(for: counterpart.amount, trial.context())
        }
        let codes = (try? offered.get())?.map(\.code) ?? []
        let away = counterpart.redirectingMethod.flatMap { codes.contains($0) ? $0 : nil }
        let method = away ?? counterpart.payingMethod
        let result = try await trial.start(method: method)
        guard case .success(let started) = result else {
            throw Breach("it does not start: \(words(result))")
        }
        if case .redirect = started.next {
            try expect(subject.can(.redirect), "it sends the customer away and does not say so")
        } else if subject.can(.redirect), counterpart.redirectingMethod != nil {
            throw Breach("it says that it sends the customer away, and does not")
        }
    }

    private static func balance(_ subject: Subject) async throws {
        let trial = try subject.trial()
        let books = try applicable(trial.provider.asBalance, "it shows no books")
        let payment = try await trial.paid()
        let now = Instant.systemNow
        var cursor: String?
        var entries: [BalanceEntry] = []
        for _ in 0..<100 {
            let after = cursor
            let page = try await books.balance(
                from: now.advanced(days: -1), until: now.advanced(days: 1), after: after,
                trial.context())
            if let problem = Sanity.problem(
                with: page, from: now.advanced(days: -1), until: now.advanced(days: 1),
                after: after)
            {
                throw Breach("a page of its books has \(problem)")
            }
            entries += page.entries
            cursor = page.next
            if cursor == nil { break }
        }
        try expect(cursor == nil, "its books have no end after 100 pages")
        let charge = entries.first { $0.kind == .charge && $0.gross == payment.captured }
        try expect(charge != nil, "a payment of \(payment.captured) is not in its books")
    }
}
