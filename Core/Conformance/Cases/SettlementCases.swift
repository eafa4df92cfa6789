import ProviderKit
import Vocabulary

/// A module remembers nothing: what one object began, another one settles, after a restart, under
/// new settings, or while the instance drains.
enum SettlementCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("settling", "another object captures and refunds") { subject in
            if subject.can(.directToSeller) { throw DoesNotApply("the seller refunds") }
            let trial = try subject.trial()
            let (_, counterpart) = try trial.payments()
            let isLater = subject.can(.separateCapture)
            let payment = try await trial.paid(capture: isLater ? .later : .now)
            let later = try trial.restarted()
            let (payments, _) = try later.payments()
            if isLater {
                let captured = await later.calling { () throws(ProviderError) in
                    try await payments.capture(
                        CaptureRequest(
                            reference: payment.reference, amount: payment.authorized,
                            isFinal: true), later.context())
                }
                guard case .success = captured else {
                    throw Breach("its capture is \(words(captured))")
                }
            }
            let refund = try await later.refund(payment, payment.authorized)
            guard case .success(let refunded) = refund else {
                throw Breach("its refund is \(words(refund))")
            }
            try expect(
                counterpart.books.refunds.contains { $0.reference == refunded.reference },
                "its refund is not in the books")
        },
        ConformanceCase("settling", "another object releases") { subject in
            try subject.needs(.separateCapture)
            let trial = try subject.trial()
            let payment = try await trial.paid(capture: .later)
            let later = try trial.restarted()
            let (payments, _) = try later.payments()
            let voided = await later.calling { () throws(ProviderError) in
                try await payments.void(reference: payment.reference, later.context())
            }
            guard case .success(let snapshot) = voided, snapshot.status == .voided else {
                throw Breach("its void is \(words(voided))")
            }
        },
        ConformanceCase("settling", "another object finds by key and by reference") { subject in
            let trial = try subject.trial()
            let key = freshKey()
            let payment = try await trial.paid(key: key)
            let later = try trial.restarted()
            let (payments, _) = try later.payments()
            for lookup in subject.lookups(payment.reference, key) {
                let found = await later.calling { () throws(ProviderError) in
                    try await payments.lookup(lookup, later.context())
                }
                guard case .success(.some(let known)) = found,
                    known.reference == payment.reference
                else { throw Breach("\(lookup) is not found: \(words(found))") }
            }
        },
    ]
}
