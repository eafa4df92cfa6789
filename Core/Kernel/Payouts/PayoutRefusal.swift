import Vocabulary

/// Why a wish about payouts was refused.
public enum PayoutRefusal: Refusal, CaseIterable {
    case unknown, alreadyFrozen, notFrozen
    case planUnknown, planSettled, planStale, planEmpty
    case approvalMissing, approvalOwn, approvalNotNeeded, approvalThere, applicationOwn
    case applicationUnnamed
    case payerUnable, settlementKnown
    case accountNotOffered, accountNotOpened, accountUnavailable
    case accountUnknown, bankPayoutUnable, paidBySchedule, fundsTooLow, bankPayoutUnderWay
    case notPaid, takeBackUnable, takenBackAlready
    case notInDoubt, providerKnows, providerStillAtIt, providerAway, mayStillArrive, askedMeanwhile
    case fileUnknown, notByFile, nothingToFile, notInFile

    public var code: String {
        switch self {
        case .unknown: "payout.unknown"
        case .alreadyFrozen: "payout.already-frozen"
        case .notFrozen: "payout.not-frozen"
        case .planUnknown: "payout-plan.unknown"
        case .planSettled: "payout-plan.settled"
        case .planStale: "payout-plan.stale"
        case .planEmpty: "payout-plan.empty"
        case .approvalMissing: "payout-plan.approval-missing"
        case .approvalOwn: "payout-plan.approval-own"
        case .applicationOwn: "payout-plan.application-own"
        case .applicationUnnamed: "payout-plan.application-unnamed"
        case .approvalNotNeeded: "payout-plan.approval-not-needed"
        case .approvalThere: "payout-plan.approval-there"
        case .payerUnable: "payout.payer-unable"
        case .settlementKnown: "settlement.known"
        case .accountNotOffered: "payout-account.not-offered"
        case .accountNotOpened: "payout-account.not-opened"
        case .accountUnavailable: "payout-account.unavailable"
        case .accountUnknown: "payout-account.unknown"
        case .bankPayoutUnable: "bank-payout.unable"
        case .paidBySchedule: "bank-payout.by-schedule"
        case .fundsTooLow: "bank-payout.funds-too-low"
        case .bankPayoutUnderWay: "bank-payout.under-way"
        case .notPaid: "payout.not-paid"
        case .takeBackUnable: "payout.take-back-unable"
        case .takenBackAlready: "payout.taken-back-already"
        case .notInDoubt: "payout.not-in-doubt"
        case .providerKnows: "payout.provider-knows"
        case .providerStillAtIt: "payout.provider-still-at-it"
        case .providerAway: "payout.provider-away"
        case .mayStillArrive: "payout.may-still-arrive"
        case .askedMeanwhile: "payout.asked-meanwhile"
        case .fileUnknown: "payout-file.unknown"
        case .notByFile: "payout-file.not-by-file"
        case .nothingToFile: "payout-file.nothing"
        case .notInFile: "payout-file.not-in-file"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .accountUnknown, .unknown, .planUnknown, .fileUnknown, .accountNotOffered: .missing
        case .accountUnavailable, .providerAway: .unavailable
        case .notInFile, .fundsTooLow: .invalid
        case .approvalOwn, .applicationOwn, .applicationUnnamed: .forbidden
        default: .conflict
        }
    }

    public var explanation: String {
        switch self {
        case .unknown: "There is no such payout."
        case .alreadyFrozen: "This seller's payouts are frozen already."
        case .notFrozen: "This seller's payouts are not frozen."
        case .planUnknown: "There is no such plan."
        case .planSettled: "This plan was applied or dropped already."
        case .planStale:
            "The plan does not fit any more: money, an account or a seller in it has changed. "
                + "Nothing was paid; make a new plan."
        case .planEmpty: "Nothing would be paid by this plan."
        case .approvalMissing:
            "A payout in this plan is so large that a second person must approve it first."
        case .approvalOwn: "Whoever made a plan cannot approve it: ask somebody else."
        case .applicationOwn:
            "The market made this plan and you approved it: ask somebody else to apply it."
        case .applicationUnnamed:
            "This plan needs two people: name the administrator who applies it."
        case .approvalNotNeeded: "This plan needs no approval."
        case .approvalThere: "Somebody has approved this plan already."
        case .payerUnable: "That provider is not active, or pays nobody out."
        case .settlementKnown: "This reference is in the books with another amount or receiver."
        case .accountNotOffered: "That provider opens no accounts for sellers at present."
        case .accountNotOpened: "The provider does not open an account for this shop. Ask us."
        case .accountUnavailable: "The provider does not answer at the moment. Try again shortly."
        case .accountUnknown: "There is no such account of a seller's."
        case .bankPayoutUnable:
            "This provider cannot be asked to pay sellers' accounts out to their banks."
        case .paidBySchedule:
            "This account pays out by itself, by the schedule that it has at its provider."
        case .fundsTooLow:
            "The account has not so much to send now, or nothing in this currency. Nothing was "
                + "asked."
        case .bankPayoutUnderWay:
            "Money of this account is already on its way to the bank, and its provider has not "
                + "answered yet."
        case .notPaid: "Only a payout that was paid can be taken back."
        case .takeBackUnable:
            "This provider paid into the seller's bank and cannot take it back. Ask the seller."
        case .takenBackAlready: "This payout was taken back already, or is on its way back."
        case .notInDoubt:
            "Nobody has to decide this payout: it ended, is paid by a file, or its provider has "
                + "not been asked often enough."
        case .providerKnows: "The provider says by now how this payout ended; that counts."
        case .providerStillAtIt: "The provider has this payout and is at it: wait for its word."
        case .providerAway:
            "The provider cannot be asked at the moment, so nobody knows. Try again when it "
                + "answers."
        case .mayStillArrive:
            "The provider was asked to pay less than half an hour ago and did not answer: it may "
                + "still do it. Wait, look at its list once more, then say so."
        case .askedMeanwhile:
            "The provider was asked again at this moment. Look at the payout once more."
        case .fileUnknown: "There is no such file."
        case .notByFile: "This provider writes no files for a bank."
        case .nothingToFile: "Nothing waits for a file in this currency."
        case .notInFile: "One of these transfers is not in this file. Nothing was changed."
        }
    }

    public var field: String? {
        switch self {
        case .notInFile: "results"
        case .fundsTooLow: "amount"
        default: nil
        }
    }
}
