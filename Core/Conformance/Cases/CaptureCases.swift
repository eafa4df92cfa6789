import ProviderKit
import Vocabulary

/// A final capture takes what was asked for and releases the rest, of modules that capture in one
/// part as of those that capture in several.
enum CaptureCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("capabilities", "a final capture of a part releases the rest") {
            try await finalPart($0)
        }
    ]

    private static func finalPart(_ subject: Subject) async throws {
        try subject.needs(.separateCapture)
        let trial = try subject.trial()
        let (payments, counterpart) = try trial.payments()
        let payment = try await trial.paid(capture: .later)
        let third = Money(payment.authorized.amount / 3, payment.authorized.currency)
        let capture = { @Sendable in
            await trial.calling { () throws(ProviderError) in
                try await payments.capture(
                    CaptureRequest(reference: payment.reference, amount: third, isFinal: true),
                    trial.context())
            }
        }

        let captured = await capture()
        guard case .success(let told) = captured else {
            throw Breach("a final capture of a part is \(words(captured))")
        }
        try expectThird(told, third, "its answer")
        try expectThird(try inBooks(payment, counterpart), third, "the books")
        let found = await trial.calling { () throws(ProviderError) in
            try await payments.lookup(.reference(payment.reference), trial.context())
        }
        guard case .success(.some(let known)) = found else {
            throw Breach("a payment that was captured in part is not found: \(words(found))")
        }
        try expectThird(known, third, "a look-up")

        // Another call, not a repetition: it has a key of its own.
        let more = await capture()
        try expectThird(
            try inBooks(payment, counterpart), third, "after another capture the books")
        if case .success(let told) = more { try expectThird(told, third, "another capture") }
        try await onlyThatGoesBack(payment, third, trial)
    }

    private static func onlyThatGoesBack(
        _ payment: PaymentSnapshot, _ third: Money, _ trial: Trial
    ) async throws {
        if trial.subject.can(.directToSeller) || trial.subject.can(.confirmedByPerson) { return }
        let tooMuch = try await trial.refund(payment, try third.adding(Money(1, third.currency)))
        if case .success = tooMuch { throw Breach("what was released can be refunded") }
        let back = try await trial.refund(payment, third)
        guard case .success = back else {
            throw Breach("the part that was captured does not go back: \(words(back))")
        }
    }

    private static func inBooks(
        _ payment: PaymentSnapshot, _ counterpart: any ScriptedCounterpart
    ) throws -> PaymentSnapshot {
        guard
            let line = counterpart.books.payments.first(where: {
                $0.reference == payment.reference
            })
        else { throw Breach("the payment is not in the books") }
        return line
    }

    private static func expectThird(
        _ payment: PaymentSnapshot, _ third: Money, _ who: String
    ) throws {
        try expect(
            payment.status == .captured && payment.captured == third && payment.refunded.isZero,
            "\(who) says \(payment.status.rawValue) \(payment.captured), refunded "
                + "\(payment.refunded), after a final capture of \(third)")
    }
}
