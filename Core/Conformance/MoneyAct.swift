import ProviderKit
import Vocabulary

/// A kind of call that moves money, made possible again and again so that it can be made under
/// one fault after another.
struct MoneyAct: Sendable {
    let name: String
    /// Brings a fresh trial to where the call can be made.
    let prepare: @Sendable (Trial) async throws -> PreparedCall

    /// How many requests the call makes when all is well.
    func requests(_ subject: Subject) async throws -> Int {
        let trial = try subject.trial()
        let prepared = try await prepare(trial)
        trial.wire.set(nil)
        let result = try await prepared.call(trial.context())
        guard case .success = result else { throw Breach("\(name) fails: \(words(result))") }
        return trial.wire.requests.count
    }

    static let all: [MoneyAct] = [
        start, capture, void, refund, pay, openAccount, transfer, reverse, payOut,
    ]
}

/// A money call that is ready to be made, and three ways to know what came of it.
struct PreparedCall: Sendable {
    let call: @Sendable (OperationContext) async throws -> Result<Void, ProviderError>
    /// How often it happened, by the counterpart's books.
    let effects: @Sendable () -> Int
    /// Whether a look-up by the call's key finds it, with money in it.
    let isFound: @Sendable (_ key: String) async throws -> Result<Bool, ProviderError>
    /// Whether a success may leave nothing in the books yet, as when the customer has to act.
    var mayLeaveNothing = false
}

extension MoneyAct {
    static let start = MoneyAct(name: "start") { trial in
        let (payments, counterpart) = try trial.payments()
        let id = freshKey()
        return PreparedCall(
            call: { try await trial.start(id: id, $0).map { _ in } },
            effects: {
                counterpart.books.payments.count { $0.paymentID == id && !$0.status.isOver }
            },
            isFound: { key in
                await trial.calling { () throws(ProviderError) in
                    try await payments.lookup(.idempotencyKey(key), trial.context())
                }.map { found in found.map { !$0.status.isOver } ?? false }
            }, mayLeaveNothing: true)
    }

    static let capture = MoneyAct(name: "capture") { trial in
        try trial.subject.needs(.separateCapture)
        let (payments, counterpart) = try trial.payments()
        let payment = try await trial.paid(capture: .later)
        let request = CaptureRequest(
            reference: payment.reference, amount: payment.authorized, isFinal: true)
        return PreparedCall(
            call: { context in
                await trial.calling { () throws(ProviderError) in
                    try await payments.capture(request, context)
                }.map { _ in }
            },
            effects: {
                let captured =
                    counterpart.books.payments
                    .first { $0.reference == payment.reference }?.captured.amount ?? 0
                return Int(captured / max(1, payment.authorized.amount))
            },
            isFound: { _ in
                await trial.calling { () throws(ProviderError) in
                    try await payments.lookup(.reference(payment.reference), trial.context())
                }.map { $0?.captured.isPositive ?? false }
            })
    }

    static let void = MoneyAct(name: "void") { trial in
        try trial.subject.needs(.separateCapture)
        let (payments, counterpart) = try trial.payments()
        let payment = try await trial.paid(capture: .later)
        return PreparedCall(
            call: { context in
                await trial.calling { () throws(ProviderError) in
                    try await payments.void(reference: payment.reference, context)
                }.map { _ in }
            },
            effects: {
                let isHeld = counterpart.books.payments
                    .contains { $0.reference == payment.reference && !$0.status.isOver }
                return isHeld ? 0 : 1
            },
            isFound: { _ in
                await trial.calling { () throws(ProviderError) in
                    try await payments.lookup(.reference(payment.reference), trial.context())
                }.map { $0?.status == .voided }
            })
    }

    static let refund = MoneyAct(name: "refund") { trial in
        let (payments, counterpart) = try trial.payments()
        if trial.subject.can(.directToSeller) { throw DoesNotApply("the seller refunds") }
        let payment = try await trial.paid()
        let id = freshKey()
        return PreparedCall(
            call: {
                try await trial.refund(payment, payment.captured, id: id, $0).map { _ in }
            },
            effects: {
                counterpart.books.refunds.count { $0.refundID == id && $0.status != .failed }
            },
            isFound: { key in
                await trial.calling { () throws(ProviderError) in
                    try await payments.lookupRefund(.idempotencyKey(key), trial.context())
                }.map { $0 != nil }
            })
    }

    static let pay = MoneyAct(name: "pay") { trial in
        let payouts = try applicable(trial.provider.asPayouts, "it pays nobody out")
        if trial.subject.can(.payoutFiles) { throw DoesNotApply("a person pays, from a file") }
        let counterpart = try applicable(trial.counterpart, "it has no counterpart")
        let id = freshKey()
        return PreparedCall(
            call: { try await trial.pay(id: id, $0).map { _ in } },
            effects: {
                counterpart.books.payouts.count { $0.payoutID == id && $0.status != .failed }
            },
            isFound: { key in
                await trial.calling { () throws(ProviderError) in
                    try await payouts.lookupPayout(.idempotencyKey(key), trial.context())
                }.map { $0 != nil }
            })
    }
}

extension PreparedCall {
    /// What a call said must agree with what the books say; when it could not say, a look-up must
    /// tell, and the same call again must end well, once.
    func judge(
        _ result: Result<Void, ProviderError>, _ trial: Trial, key: String, after fault: String
    ) async throws {
        let happened = effects()
        try expect(happened <= 1, "\(fault): it happened \(happened) times")
        switch result {
        case .success:
            try expect(
                happened == 1 || mayLeaveNothing,
                "\(fault): it said that it is done, and nothing was done")
        case .failure(.ambiguous):
            let found = try await isFound(key)
            guard case .success(let isFound) = found else {
                throw Breach("\(fault): looking it up afterwards failed: \(words(found))")
            }
            try expect(
                isFound || happened == 0, "\(fault): it was done, and the look-up denies it")
            try expect(
                !isFound || happened == 1 || mayLeaveNothing,
                "\(fault): it was not done, and the look-up finds it")
        case .failure(let error):
            try expect(
                happened == 0, "\(fault): it was done, and the answer is a definite no: \(error)")
        }
        let again = try await call(trial.context(key, attempt: 2))
        guard case .success = again else {
            throw Breach("\(fault): the same call again under its key fails: \(words(again))")
        }
        let total = effects()
        try expect(
            total == 1 || total == 0 && mayLeaveNothing,
            "\(fault): after the same call again under its key it happened \(total) times")
    }
}
