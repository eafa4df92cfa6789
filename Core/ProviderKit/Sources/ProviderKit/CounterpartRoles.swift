import Vocabulary

/// A scripted counterpart at which sellers have accounts. A module that is a
/// `ConnectedAccountProvider` brings one, so that what it opens, transfers and takes back can be
/// counted.
public protocol CounterpartWithAccounts: ScriptedCounterpart {
    /// The reference of an account that is ready, and from which money can be taken back.
    var connectedAccount: String { get }
    /// Every account that the module opened, with the seller whom the platform named.
    var accounts: [ConnectedAccount] { get }
    /// Every transfer to an account, with the platform's id of it.
    var transfers: [PayoutSnapshot] { get }
    /// Everything that was taken back, with the platform's id of it.
    var reversals: [ReversalSnapshot] { get }
}

/// A scripted counterpart whose customers dispute. A module that is a `DisputeProvider` brings one.
public protocol CounterpartWithDisputes: ScriptedCounterpart {
    /// The customer asks their bank for the money of a payment back.
    /// - Parameter reference: of a payment that was captured.
    func customerDisputes(_ reference: String) async
    /// Every dispute, as it stands.
    var disputes: [DisputeSnapshot] { get }
}

/// A scripted counterpart that pays sellers' accounts out to their banks. A module that is a
/// `BankPayoutProvider` brings one.
public protocol CounterpartWithBankPayouts: CounterpartWithAccounts {
    /// The schedule of `connectedAccount` makes a payout, which is pending.
    func accountPaysOut() async
    /// The bank has it; or it does not take it, which may come after it had it.
    /// - Parameter reference: of a payout to a bank.
    func bankAnswers(_ reference: String, taken: Bool) async
    /// Every payout to a bank, as it stands.
    var bankPayouts: [BankPayoutSnapshot] { get }
}

/// A scripted counterpart that sends money of sellers' accounts to their banks when it is asked to.
/// A module that is an `OrderedBankPayoutProvider` brings one. Nothing goes out of
/// `connectedAccount` by itself.
public protocol CounterpartWithOrderedBankPayouts: CounterpartWithBankPayouts {
    /// What `connectedAccount` holds, in the currency of every amount of the run.
    var accountFunds: Money { get }
    /// The platform's id of the order, for each payout that was ordered and has not failed.
    var orderedBankPayouts: [String] { get }
    /// The bank has a payout that was paid taken back again.
    /// - Parameter reference: of that payout.
    /// - Returns: the reference of the payout that takes it back.
    func bankGivesBack(_ reference: String) async -> String
}
