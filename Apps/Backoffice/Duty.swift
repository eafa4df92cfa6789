import Kernel

/// One thing that somebody may do in the back office, and the one table of who may do it.
/// Every route of this app names exactly one.
enum Duty: String, CaseIterable, Sendable {
    case lookAround
    case readSellers, decideOnSellers
    case readCatalogue, moderateCatalogue
    case readPurchases, settleCases, confirmMoney
    case impersonate
    case readMoney, setCommission, runPayouts, setPayoutLimits, reconcile
    case readProviders, runProviders
    case readJobs, redriveJobs
    case runMail
    case readTrail
    case managePeople
    case moveClock

    /// Who may do what. Nothing else decides. An administrator may do everything.
    ///
    /// | | support | finance | catalogue |
    /// |---|---|---|---|
    /// | see what waits, own account | yes | yes | yes |
    /// | read sellers | yes | yes | yes |
    /// | verify, reject, suspend, close sellers | | | yes |
    /// | read categories, listings, reviews | yes | yes | yes |
    /// | edit categories, attributes; block listings; hide reviews | | | yes |
    /// | read purchases, orders, payments | yes | yes | |
    /// | cancel and refund orders | yes | yes | |
    /// | look on as a customer or a seller's people | yes | | |
    /// | say that money came, or went back by hand | | yes | |
    /// | read ledger, payouts, statements, commission | | yes | |
    /// | set commission; run, freeze and plan payouts | | yes | |
    /// | compare with providers' books | | yes | |
    /// | set from how much on a payout needs two people | | | |
    /// | read providers | yes | yes | |
    /// | set up, activate, drain providers; set rules | | | |
    /// | read jobs | yes | yes | |
    /// | redrive jobs | yes | | |
    /// | read and resend e-mail | | | |
    /// | read the audit trail | | yes | |
    /// | give and take roles | | | |
    /// | move the demo's clock | | | |
    var roles: [AdminRole] {
        switch self {
        case .lookAround, .readSellers, .readCatalogue:
            [.administrator, .support, .finance, .catalogue]
        case .decideOnSellers, .moderateCatalogue: [.administrator, .catalogue]
        case .readPurchases, .settleCases, .readProviders, .readJobs:
            [.administrator, .support, .finance]
        case .confirmMoney, .readMoney, .setCommission, .runPayouts, .reconcile, .readTrail:
            [.administrator, .finance]
        case .redriveJobs: [.administrator, .support]
        case .impersonate: Impersonation.roles
        case .runProviders, .runMail, .managePeople, .moveClock, .setPayoutLimits: [.administrator]
        }
    }

    /// Under which words the navigation lists the pages of it.
    var group: Phrase? {
        switch self {
        case .lookAround: nil
        case .readSellers, .decideOnSellers, .readCatalogue, .moderateCatalogue, .readPurchases,
            .settleCases, .impersonate:
            "Market"
        case .confirmMoney, .readMoney, .setCommission, .runPayouts, .setPayoutLimits, .reconcile,
            .readProviders, .runProviders:
            "Money"
        case .readJobs, .redriveJobs, .runMail, .readTrail, .managePeople, .moveClock: "Running"
        }
    }

    /// Whether somebody with these roles may do it.
    func isAllowed(to roles: Set<AdminRole>) -> Bool { !roles.isDisjoint(with: self.roles) }
}
