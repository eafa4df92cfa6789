import Vocabulary

/// Why a seller who asks to be paid now is not.
public enum OwnPayoutRefusal: Refusal, CaseIterable {
    case nothingAvailable, belowMinimum
    /// Another payout of the wallet is not settled yet.
    case underWay
    case debtStands
    /// By its schedule only the market pays the wallet out.
    case byMarketOnly
    /// Another amount is available than whoever asks was shown.
    case changed
    case notVerified, frozen, disputed
    case noDestination, accountReturned, accountNew, accountNotReady
    case providerUnable
    /// So much needs two people of the market.
    case needsApproval
    /// The books of the wallet are at fault, which the market is told of.
    case booksAtFault

    public var code: String {
        switch self {
        case .nothingAvailable: "own-payout.nothing-available"
        case .belowMinimum: "own-payout.below-minimum"
        case .underWay: "own-payout.under-way"
        case .debtStands: "own-payout.debt-stands"
        case .byMarketOnly: "own-payout.by-market-only"
        case .changed: "own-payout.changed"
        case .notVerified: "own-payout.not-verified"
        case .frozen: "own-payout.frozen"
        case .disputed: "own-payout.disputed"
        case .noDestination: "own-payout.no-destination"
        case .accountReturned: "own-payout.account-returned"
        case .accountNew: "own-payout.account-new"
        case .accountNotReady: "own-payout.account-not-ready"
        case .providerUnable: "own-payout.provider-unable"
        case .needsApproval: "own-payout.needs-approval"
        case .booksAtFault: "own-payout.books-at-fault"
        }
    }

    public var reason: RefusalReason { .conflict }

    public var explanation: String {
        switch self {
        case .nothingAvailable: "Nothing is available in this wallet just now."
        case .belowMinimum:
            "This is less than the smallest payout that you have set for this wallet."
        case .underWay:
            "A payout of this wallet is on its way already. Ask again when it has arrived."
        case .debtStands:
            """
            You owe the market something. It is taken from what becomes available; after that you \
            can ask for the rest.
            """
        case .byMarketOnly:
            """
            You have set that this wallet is never paid out by itself, so only the market pays it \
            out. Choose another schedule first.
            """
        case .changed:
            "Meanwhile another amount is available. Nothing was paid: look at it again."
        case .notVerified: "The shop is not verified at present, so that nothing is paid out."
        case .frozen: "The market has stopped this shop's payouts for the time being."
        case .disputed:
            "Customers dispute what is available at their banks. It waits until they decide."
        case .noDestination: "This wallet says nowhere to pay to. Enter an account first."
        case .accountReturned:
            "The bank sent the last payout back. Look at the account and save it again."
        case .accountNew:
            "The account was changed a short while ago. Payouts to it begin after 72 hours."
        case .accountNotReady:
            "Your account at the provider is not ready yet. The provider says what is missing."
        case .providerUnable:
            "Whoever holds this money cannot pay it out just now. The market knows of it."
        case .needsApproval:
            """
            So much is looked at by two people of the market first. The next run by your schedule \
            asks them.
            """
        case .booksAtFault:
            "The market has to look at this wallet first. Nothing was paid."
        }
    }

    /// What keeps a planned payout from being made.
    init(_ reason: WaitingWallet.Reason) {
        self =
            switch reason {
            case .notVerified: .notVerified
            case .frozen: .frozen
            case .restricted: .debtStands
            case .noDestination: .noDestination
            case .returned: .accountReturned
            case .newAccount: .accountNew
            case .accountNotReady: .accountNotReady
            case .providerDoesNotPayOut: .providerUnable
            case .disputed: .disputed
            case .belowMinimum: .belowMinimum
            case .needsApproval: .needsApproval
            }
    }
}
