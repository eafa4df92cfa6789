import ProviderHost
public import ProviderKit
import Vocabulary

/// The rules of the provider contract, tried on a module one by one. Nothing leaves the process:
/// the module speaks to its own scripted counterpart over a wire that loses and spoils.
///
/// A trap in the module ends the process, so that whoever must go on afterwards runs this in a
/// process of its own, as `guildhall module check` does.
public struct ConformanceSuite: Sendable {
    let subject: Subject

    /// - Parameters:
    ///   - counterpart: what the module's file exports as `guildhall_counterpart`.
    ///   - settings: fields by key, taken instead of the counterpart's.
    public init(
        _ module: ModuleExport, counterpart: CounterpartExport? = nil,
        settings: [String: String] = [:]
    ) {
        subject = Subject(
            module: module, counterpart: counterpart, settings: settings, ears: Ears())
    }

    /// No case takes longer, whatever the module does.
    public static let caseDeadline: Duration = .seconds(20)

    private var cases: [ConformanceCase] {
        let common = SettingCases.all + DeadlineCases.common
        let own: [ConformanceCase]
        switch subject.descriptor.kind {
        case .payment:
            own =
                OneEffectCases.all + LossCases.all + MappingCases.all + CapabilityCases.all
                + AmountCases.all + WebhookCases.all + DeadlineCases.all + SettlementCases.all
                + PayoutFileCases.all + ConfirmedCases.all + ShareCases.all + CaptureCases.all
                + NewsCases.all + DisputeCases.all + BankPayoutCases.all
                + OrderedBankPayoutCases.all
        case .shipping: own = ShippingCases.all + DeadlineCases.shipping
        case .tax: own = TaxCases.all + DeadlineCases.tax
        }
        return common + own + SecretCases.all
    }

    /// The cases by group and name, in the order in which they run.
    public var names: [(group: String, name: String)] { cases.map { ($0.group, $0.name) } }

    /// Runs the cases from `first` on, of those whose `group: name` is `wanted`. `ended` hears of
    /// each, with its place in ``names``; `heard`, at once, of what came out and must not: the
    /// module may end the process before the case that says so.
    public func run(
        from first: Int = 0, matching wanted: @Sendable (String) -> Bool = { _ in true },
        began: @Sendable (Int) -> Void = { _ in },
        heard: @escaping @Sendable (ConformanceFindings) -> Void = { _ in },
        ended: @Sendable (Int, ConformanceOutcome) -> Void = { _, _ in }
    ) async -> ConformanceReport {
        subject.ears.tell(heard)
        var outcomes: [ConformanceOutcome] = []
        for (index, one) in cases.enumerated()
        where index >= first && wanted("\(one.group): \(one.name)") {
            began(index)
            let outcome = await run(one)
            ended(index, outcome)
            outcomes.append(outcome)
        }
        return ConformanceReport(subject.descriptor, cases: outcomes)
    }

    private func run(_ one: ConformanceCase) async -> ConformanceOutcome {
        let start = ContinuousClock.now
        var outcome = ConformanceOutcome(group: one.group, name: one.name, result: .passed)
        let verdict: (ConformanceOutcome.Result, String)
        do throws(ProviderError) {
            verdict = try await cutOff(
                at: Instant.systemNow.advanced(by: Self.caseDeadline),
                late: .unavailable(message: "it hangs", retryAfterSeconds: nil), on: .shared
            ) { [subject] () throws(ProviderError) in await Self.verdict(one, subject) }
        } catch {
            verdict = (.failed, "it hung: no end after \(Self.caseDeadline)")
        }
        (outcome.result, outcome.detail) = verdict
        let took = (ContinuousClock.now - start).components
        outcome.milliseconds = took.seconds * 1000 + took.attoseconds / 1_000_000_000_000_000
        return outcome
    }

    private static func verdict(
        _ one: ConformanceCase, _ subject: Subject
    ) async -> (ConformanceOutcome.Result, String) {
        do {
            try await one.run(subject)
            return (.passed, "")
        } catch let breach as Breach {
            return (.failed, breach.sentence)
        } catch let other as DoesNotApply {
            return (.skipped, other.reason)
        } catch {
            return (.failed, "\(error)")
        }
    }
}
