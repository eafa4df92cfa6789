import ProviderKit
import Vocabulary

/// One movement of our money at a provider, as one of the two sides has it.
struct BookLine: Hashable, Sendable {
    /// The provider's line, or the key of our transaction.
    let name: String
    let kind: BalanceEntry.Kind
    /// The provider's id of the payment, refund or payout; nil when we never learnt it.
    let reference: String?
    /// Positive into our account there.
    let amount: Money
    /// What the provider kept of it; zero on our side.
    let fee: Money
    let at: Instant
}

/// A line that has no counterpart, or not of its amount, and what may be behind it.
public struct ReconciliationFault: Hashable, Sendable, Codable {
    public enum Side: String, Hashable, Sendable, Codable, CaseIterable {
        /// Only the provider has it.
        case provider
        /// Only we have it.
        case ours
        /// Both have it, with different amounts.
        case both
    }

    public let side: Side
    /// `charge`, `refund`, `payout`, …
    public let kind: String
    /// The provider's id of the payment, refund or payout.
    public let reference: String?
    /// Our transactions' keys.
    public let keys: [String]
    /// The provider's lines.
    public let entries: [String]
    public let ours: Money?
    public let theirs: Money?
    /// A sentence for whoever looks into it.
    public let cause: String
}

/// What we know of a reference that is not among our lines.
struct KnownReference: Hashable, Sendable {
    /// At which instance it was made. Two of one merchant share an account there.
    let instance: ID<ProviderInstance>
    /// `payment 0198… is unknown`
    let words: String
}

/// Compares two books line by line. Pure.
struct Reconciliation: Sendable {
    private(set) var matched = 0
    private(set) var faults: [ReconciliationFault] = []

    /// - Parameters:
    ///   - ours: our lines of the day and of the days beside it.
    ///   - theirs: the provider's, of the same time.
    ///   - day: what is reported: a line outside of it only serves as a counterpart.
    ///   - known: what we know of references that are only in `theirs`.
    init(
        ours: [BookLine], theirs: [BookLine], from: Instant, until: Instant,
        known: [String: KnownReference] = [:]
    ) {
        let isOfDay = { (line: BookLine) in line.at >= from && line.at < until }
        let (oursBy, theirsBy) = (Self.grouped(ours), Self.grouped(theirs))
        for subject in Set(oursBy.keys).union(theirsBy.keys) {
            let (mine, his) = (oursBy[subject] ?? [], theirsBy[subject] ?? [])
            let (left, right) = Self.unmatched(mine, his)
            let isReported = (left + right).contains(where: isOfDay)
            let matchedHere =
                mine.filter { isOfDay($0) && !left.contains($0) }.count
                + his.filter { isOfDay($0) && !right.contains($0) }.count
            matched += matchedHere
            guard isReported else { continue }
            faults += Self.faults(
                subject, left, right, all: his, known: subject.reference.flatMap { known[$0] })
        }
        faults.sort {
            let (left, right) = (Self.rank($0), Self.rank($1))
            return left.lexicographicallyPrecedes(right)
        }
    }

    /// Faults are always listed in one order.
    private static func rank(_ fault: ReconciliationFault) -> [String] {
        [fault.kind, fault.reference ?? ""] + fault.entries + fault.keys
    }

    /// What two lines must share to be the same movement.
    struct Subject: Hashable, Sendable {
        let kind: BalanceEntry.Kind
        let reference: String?
        let currency: Currency
        /// Without a reference a line stands for itself.
        let name: String?
    }

    private static func grouped(_ lines: [BookLine]) -> [Subject: [BookLine]] {
        Dictionary(grouping: lines) { line in
            Subject(
                kind: line.kind, reference: line.reference, currency: line.amount.currency,
                name: line.reference == nil ? line.name : nil)
        }
    }

    /// What is left of both sides: pairs of equal amounts go, and the whole when one charge there
    /// is several sales here and the sums are equal.
    private static func unmatched(
        _ ours: [BookLine], _ theirs: [BookLine]
    ) -> (ours: [BookLine], theirs: [BookLine]) {
        if !ours.isEmpty, !theirs.isEmpty, sum(ours) == sum(theirs) { return ([], []) }
        var (left, right) = (ours, theirs)
        for line in ours {
            guard let index = right.firstIndex(where: { $0.amount == line.amount }),
                let own = left.firstIndex(of: line)
            else { continue }
            right.remove(at: index)
            left.remove(at: own)
        }
        // One charge of a whole purchase, and the same charge once more.
        if !left.isEmpty, let index = right.firstIndex(where: { $0.amount.amount == sum(left) }) {
            right.remove(at: index)
            left = []
        }
        return (left, right)
    }

    private static func faults(
        _ subject: Subject, _ ours: [BookLine], _ theirs: [BookLine], all: [BookLine],
        known: KnownReference?
    ) -> [ReconciliationFault] {
        let fault = {
            (
                side: ReconciliationFault.Side, ours: [BookLine], theirs: [BookLine],
                cause: String
            ) in
            ReconciliationFault(
                side: side, kind: subject.kind.rawValue, reference: subject.reference,
                keys: ours.map(\.name).sorted(), entries: theirs.map(\.name),
                ours: ours.isEmpty ? nil : Money(sum(ours), subject.currency),
                theirs: theirs.isEmpty ? nil : Money(sum(theirs), subject.currency), cause: cause)
        }
        switch (ours.isEmpty, theirs.isEmpty) {
        case (true, true): return []
        case (false, true):
            return [fault(.ours, ours, [], missing(at: subject))]
        case (true, false):
            let isTwice = all.count > theirs.count
            return theirs.map { line in
                fault(.provider, [], [line], isTwice ? twice : unheard(of: subject, known))
            }
        case (false, false):
            return [fault(.both, ours, theirs, differing(ours, theirs))]
        }
    }

    private static func sum(_ lines: [BookLine]) -> Int64 {
        // Bounded by the amounts' domain and by how many lines one reference has.
        lines.reduce(0) { $0 &+ $1.amount.amount }
    }

    private static let twice =
        "The provider has this line twice: ask it to take one back, and look whether the customer "
        + "or seller was paid twice."

    private static func missing(at subject: Subject) -> String {
        guard subject.reference != nil else {
            return "We booked it without the provider's reference: look the operation up there."
        }
        return "We booked it and the provider did not: it was posted there on a later day, or "
            + "mislaid. Look the reference up there before anything is corrected."
    }

    private static func unheard(of subject: Subject, _ known: KnownReference?) -> String {
        if subject.kind == .fee {
            return "The provider kept a fee that is in no transaction of ours: book its cost."
        }
        guard let known else {
            return "The provider moved money that we know nothing of: the call's answer and its "
                + "webhook were lost, or somebody used the account directly."
        }
        return "The provider moved it and we did not book it: \(known.words). An answer or webhook "
            + "was lost; the settling job looks it up."
    }

    private static func differing(_ ours: [BookLine], _ theirs: [BookLine]) -> String {
        let difference = sum(theirs) &- sum(ours)
        let fees = theirs.reduce(0) { $0 &+ $1.fee.amount }
        if fees != 0, difference == 0 &- fees {
            return "They differ by the provider's fee of \(fees) minor units: book its cost."
        }
        return "They differ by \(difference) minor units: a partial capture or refund, or an error "
            + "of one side. Compare with the payment at the provider."
    }
}
