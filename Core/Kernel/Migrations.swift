import Foundation

/// One numbered file of SQL that changes the schema.
public struct Migration: Sendable {
    public let name: String
    public let text: String

    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// Every migration in the order in which they run. Forward only: a file that was released is
    /// never edited, a change is a new file at the end.
    public static let names = [
        "m0001-accounts",
        "m0002-sellers",
        "m0003-catalogue",
        "m0004-providers",
        "m0005-orders",
        "m0006-payments",
        "m0007-ledger",
        "m0008-payouts",
        "m0009-reviews",
        "m0010-jobs",
        "m0011-stock-locks",
        "m0012-whole-batches",
        "m0013-fresh-payments",
        "m0014-listing-notices",
        "m0015-commission",
        "m0016-refunds",
        "m0017-direct-sales",
        "m0018-ledger-roles",
        "m0019-ledger-verifications",
        "m0020-audit",
        "m0021-reconciliation",
        "m0022-holds-and-payouts",
        "m0023-payout-files",
        "m0024-payout-lists",
        "m0027-notices",
        "m0028-frozen-finals",
        "m0040-plans",
        "m0041-commission-version",
        "m0042-asked-anew",
        "m0045-known-words",
        "m0050-book-checks",
        "m0051-tax-remitters",
        "m0052-mail",
        "m0053-refund-returns",
        "m0054-withheld-pieces",
        "m0055-bank-reports",
        "m0057-module-versions",
        "m0058-provider-health",
        "m0065-receipts",
        "m0066-cash-to-confirm",
        "m0075-payout-accounts",
        "m0076-disputes",
        "m0081-mail-choices",
        "m0082-invoice-payments",
        "m0085-sales",
        "m0086-wishes",
        "m0090-kept-balances",
        "m0091-restocking",
        "m0092-clock-and-pins",
        "m0093-restocked",
        "m0094-kept-sums",
        "m0098-dispute-holds",
        "m0099-payout-reversals",
        "m0100-lost-starts",
        "m0101-cash-due-and-watches",
        "m0102-holidays",
        "m0103-addresses",
        "m0104-second-factor",
        "m0105-purchase-claims",
        "m0106-erasure",
        "m0107-suggestions",
        "m0108-parcel-wishes",
        "m0109-erased-events",
        "m0110-photos",
        "m0111-picks",
        "m0112-review-photos",
        "m0113-destinations",
        "m0114-rated-things",
        "m0115-low-stock",
        "m0116-policies",
        "m0120-impersonation",
        "m0123-shipping-profiles",
        "m0124-verification-checklist",
        "m0127-languages",
        "m0128-category-names",
        "m0140-frozen-money",
        "m0141-in-doubt",
        "m0142-photo-owners",
        "m0144-payouts-in-doubt",
        "m0145-impersonation-of-a-line",
        "m0147-dispute-moves",
        "m0148-unbilled-charges",
        "m0149-second-person",
        "m0122-finding",
        "m0121-process-beats",
        "m0150-two-named-people",
        "m0153-password-resets",
        "m0155-longest-waiting",
        "m0156-answered-ratings",
        "m0161-attributes",
        "m0162-attributes-shown",
        "m0159-paid-apart",
        "m0164-access-epochs",
        "m0165-email-changes",
        "m0167-cut-plans",
        "m0168-bank-payouts",
        "m0157-dispute-sweeps",
        "m0154-list-plans",
        "m0158-common-words",
        "m0143-called-off",
        "m0146-refund-questions",
        "m0151-dispute-quarantine",
        "m0125-payment-methods",
        "m0166-searched-skus",
        "m0160-allowed-hosts",
        "m0171-late-shares",
        "m0172-late-shares-checked",
        "m0173-kept-imports",
        "m0174-payouts-due",
        "m0175-disputes-unread",
        "m0176-open-refunds",
        "m0177-bank-payout-orders",
        "m0178-bank-payout-links",
        "m0179-disputes-due",
        "m0180-parcel-arrivals",
        "m0181-review-orders",
        "m0182-listing-changes",
        "m0183-team-invitations",
        "m0184-token-scopes",
        "m0185-webhook-troubles",
        "m0193-acted-keys",
        "m0186-postings-by-key",
        "m0189-maker-pages",
        "m0194-prices-by-currency",
        "m0195-bare-prices",
        "m0196-payment-ends",
        "m0197-previous-secrets",
        "m0198-held-tries",
        "m0199-gathered-writes",
        "m0200-gathered-stock",
    ]

    /// The migrations that this build ships.
    /// - Throws: ``MigrationError/unreadable(_:)`` when a file is not beside the program.
    public static func shipped() throws -> [Migration] {
        try names.map { name in
            let path = Bundle.module.path(
                forResource: name, ofType: "sql", inDirectory: "Migrations")
            guard let path, let bytes = FileManager.default.contents(atPath: path) else {
                throw MigrationError.unreadable(name)
            }
            return Migration(name: name, text: String(decoding: bytes, as: UTF8.self))
        }
    }
}

/// Why the schema could not be brought up to date.
public enum MigrationError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(String)
    case changed(String)
    case unknown(String)
    case missingBefore(String, ran: String)
    case busy(String)
    case locked(String)

    public var description: String {
        switch self {
        case .unreadable(let name):
            "\(name).sql cannot be read; the folder Guildhall_Kernel.resources belongs beside "
                + "the program."
        case .changed(let name):
            "\(name).sql was edited after it had run on this database. Undo the edit and put the "
                + "change into a new migration."
        case .unknown(let name):
            "This database has \(name), which this program does not know: it was migrated by a "
                + "newer version. Start that version instead."
        case .missingBefore(let name, let ran):
            "\(name).sql has not run, but \(ran).sql, which comes after it, has. Give the new "
                + "migration a number at the end."
        case .busy(let name):
            "\(name).sql waited too long for a table that is in use; nothing of it was kept. Run "
                + "`guildhall migrate` again when there is less to do."
        case .locked(let seconds):
            "Another process has been migrating this database for \(seconds) seconds. Wait for "
                + "it, or end it, and run `guildhall migrate` again."
        }
    }
}
