import ProviderKit
import Vocabulary

/// What would be paid out, written down before anything moves. Applying it does exactly this, or
/// nothing at all.
public struct PayoutPlan: Sendable {
    public enum State: String, SQLText, Sendable, CaseIterable {
        case open, applied, dropped
    }

    /// A plan of more lines is cut; the rest is the next plan's.
    public static let linesMax = 500

    public let id: ID<PayoutPlan>
    public let state: State
    /// SHA-256 of every line that pays, in hexadecimal.
    public let fingerprint: String
    public let needsApproval: Bool
    /// Whether it stopped at ``linesMax``, so that more waits for the next plan.
    public let isCut: Bool
    /// Nil is the market itself, by its schedules, or the operator's command.
    public let madeBy: ID<Account>?
    public let madeAt: Instant
    public let approvedBy: ID<Account>?
    public let approvedAt: Instant?
    /// Who applied or dropped it.
    public let settledBy: ID<Account>?
    public let settledAt: Instant?

    /// Whether this person may apply it as far as its second person goes.
    public func mayBeApplied(by admin: ID<Account>?) -> Bool {
        refusal(toApplyBy: admin) == nil
    }

    /// Why this person may not apply it. Of payouts that need two people both have a name: of what
    /// the market made, whoever approved it is the first and must not be the second too, and a
    /// command that names nobody is no person.
    func refusal(toApplyBy admin: ID<Account>?) -> PayoutRefusal? {
        if needsApproval, approvedBy == nil { return .approvalMissing }
        guard let approvedBy else { return nil }
        guard let admin else { return .applicationUnnamed }
        return madeBy == nil && approvedBy == admin ? .applicationOwn : nil
    }
}

/// One line of a plan.
public struct PayoutPlanLine: Sendable {
    public let line: Int
    public let planned: PlannedPayout
    public let sellerName: String
    public let instanceName: String?
    /// The payout that it became.
    public let payout: ID<Payout>?
}

extension [PlannedPayout] {
    /// What an applied plan must not differ in: who is paid how much for what, where to, by whom,
    /// and what is taken first. Lines that wait are no part of it.
    func fingerprint() -> [UInt8] {
        func text(_ items: [PayoutItem]) -> String {
            items.map { "\($0.order)#\($0.part)=\($0.amount.amount)" }.joined(separator: ",")
        }
        let lines = filter(\.isPaid).map { line in
            let place = line.destination
            return [
                "\(line.seller)", "\(line.wallet)", line.instance?.description ?? "",
                "\(line.amount)", place.iban ?? "", place.bic ?? "", place.chain ?? "",
                place.address ?? "", place.holder ?? "", text(line.recovery), text(line.items),
            ].joined(separator: "|")
        }
        return sha256([UInt8](lines.sorted().joined(separator: "\n").utf8))
    }
}
