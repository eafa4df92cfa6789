import ProviderHost
import ProviderKit
import Vocabulary

/// Modules of which a person says what came: the same word always means the same, enough is all
/// that is asked for and never more, and what is over is over.
enum ConfirmedCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("confirmed", "the capability and the protocol agree") { subject in
            let roles = try subject.trial().provider.roles
            try expect(
                roles.contains(.confirmedPayments) == subject.can(.confirmedByPerson),
                "it conforms to ConfirmedPaymentProvider or says confirmedByPerson, and not both")
        },
        ConformanceCase("confirmed", "the same word means the same, in every object") {
            try await same($0)
        },
        ConformanceCase("confirmed", "paid when enough came, in parts or at once, never more") {
            try await enough($0)
        },
        ConformanceCase("confirmed", "what is ended is over, and what came is still told") {
            try await ended($0)
        },
        ConformanceCase("confirmed", "receipts that cannot be are refused") {
            try await absurd($0)
        },
        ConformanceCase("confirmed", "nothing is captured before a person said so") { subject in
            let trial = try subject.trial()
            let scene = try await Scene(trial)
            try expect(scene.started.captured.isZero, "\(scene.started.captured) is captured")
            let waiting = try await scene.told([])
            try expect(
                waiting.captured.isZero && !waiting.status.isOver
                    && waiting.status == scene.started.status,
                "it began as \(scene.started.status.rawValue), and is \(waiting.status.rawValue) "
                    + "when nothing was said")
        },
    ]

    private static func same(_ subject: Subject) async throws {
        let trial = try subject.trial()
        let scene = try await Scene(trial)
        let other = try Scene(scene, in: try trial.restarted())
        let parts = [scene.asked / 3, scene.asked / 3, scene.asked - 2 * (scene.asked / 3)]
        for said in [[], [parts[0]], parts, [scene.asked], [scene.asked + 1]] {
            for isEnded in [false, true] {
                let first = try await scene.told(said, isEnded: isEnded)
                try expect(
                    try await scene.told(said, isEnded: isEnded) == first,
                    "it means another thing again")
                try expect(
                    try await other.told(said, isEnded: isEnded) == first,
                    "to another object it means another thing")
                let backwards = try await scene.told(said.reversed(), isEnded: isEnded)
                try expect(
                    backwards.captured == first.captured && backwards.status == first.status,
                    "it depends on the order in which it came")
                try expect(
                    first.reference == scene.started.reference && first.version == 7
                        && first.paymentID == scene.payment,
                    "its reference, its version or its payment's id is not that which was given")
            }
        }
    }

    private static func enough(_ subject: Subject) async throws {
        let scene = try await Scene(try subject.trial())
        let all = scene.asked
        for (said, isPaid) in [
            ([all], true), ([all - 1], false), ([all - 1, 1], true), ([1, all - 1], true),
            ([all + 1], true), ([all, all], true), ([1], all == 1),
        ] where said.allSatisfy({ $0 > 0 }) {
            let snapshot = try await scene.told(said)
            let captured = isPaid ? all : 0
            try expect(
                snapshot.captured.amount == captured
                    && (snapshot.status == .captured) == isPaid,
                "\(said) of \(all) is \(snapshot.status.rawValue), \(snapshot.captured)")
        }
    }

    private static func ended(_ subject: Subject) async throws {
        let scene = try await Scene(try subject.trial())
        for said in [[], [scene.asked - 1]] where said.allSatisfy({ $0 > 0 }) {
            let snapshot = try await scene.told(said, isEnded: true)
            try expect(
                snapshot.status.isOver && snapshot.captured.isZero && snapshot.authorized.isZero,
                "ended with \(said) it is \(snapshot.status.rawValue), \(snapshot.authorized)")
        }
        let late = try await scene.told([scene.asked], isEnded: true)
        try expect(
            late.status == .captured && late.captured.amount == scene.asked,
            "what came in whole is \(late.status.rawValue) because it is ended")
    }

    private static func absurd(_ subject: Subject) async throws {
        let scene = try await Scene(try subject.trial())
        let other: Currency = scene.currency == .usd ? .eur : .usd
        for receipts in [
            [Money(scene.asked, other)],
            [Money(Int64.max, scene.currency), Money(Int64.max, scene.currency)],
        ] {
            do throws(ProviderError) {
                let snapshot = try await scene.module.confirming(
                    scene.confirmation(receipts))
                throw ProviderError.ambiguous(message: "it is \(snapshot.status.rawValue)")
            } catch {
                guard case .invalidRequest = error else { throw Breach("\(receipts): \(error)") }
            }
        }
    }
}

/// A payment that was begun, and what a module makes of what is said of it.
private struct Scene {
    let module: any ConfirmedPaymentProvider
    let started: PaymentSnapshot
    let payment: String
    let asked: Int64
    let currency: Currency

    init(_ trial: Trial) async throws {
        module = try applicable(
            trial.provider.asConfirmedPayments, "no person says what came")
        payment = freshKey()
        let result = try await trial.start(id: payment)
        guard case .success(let begun) = result else {
            throw Breach("it does not start: \(words(result))")
        }
        started = begun.snapshot
        let amount = try trial.payments().1.amount
        (asked, currency) = (amount.amount, amount.currency)
    }

    /// The same payment at another object of the module.
    init(_ scene: Scene, in trial: Trial) throws {
        module = try applicable(
            trial.provider.asConfirmedPayments, "no person says what came")
        (started, payment) = (scene.started, scene.payment)
        (asked, currency) = (scene.asked, scene.currency)
    }

    func confirmation(_ receipts: [Money], isEnded: Bool = false) -> PaymentConfirmation {
        PaymentConfirmation(
            reference: started.reference, paymentID: payment, amount: Money(asked, currency),
            receipts: receipts.enumerated().map { index, amount in
                Receipt(
                    id: "said-\(index)", amount: amount,
                    at: Instant(secondsSince1970: 1_790_000_000 + Int64(index)))
            }, isEnded: isEnded, version: 7)
    }

    /// - Throws: ``Breach`` when the module refuses it, or what it answers cannot be.
    func told(_ said: [Int64], isEnded: Bool = false) async throws -> PaymentSnapshot {
        let snapshot: PaymentSnapshot
        do throws(ProviderError) {
            snapshot = try await module.confirming(
                confirmation(said.map { Money($0, currency) }, isEnded: isEnded))
        } catch {
            throw Breach("\(said) of \(asked) is refused: \(error)")
        }
        if let problem = Sanity.problem(
            with: snapshot, reference: started.reference, currency: currency)
        {
            throw Breach("its answer has \(problem)")
        }
        return snapshot
    }
}
