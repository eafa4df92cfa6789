import ProviderKit
import Vocabulary

/// A provider that takes a request without a key for a new one, and that can have live settings.
final class LooseCounterpart: CounterpartWithOrderedBankPayouts, CounterpartWithDisputes {
    private let sound: any ScriptedCounterpart
    let liveSettings: [String: String]?

    init(_ sound: any ScriptedCounterpart, liveSettings: [String: String]? = nil) {
        self.sound = sound
        self.liveSettings = liveSettings
    }

    func answer(_ request: HTTPRequest, at now: Instant) async -> HTTPResponse {
        var request = request
        if request.headers["Idempotency-Key"] == nil {
            request.headers["Idempotency-Key"] = randomKey()
        }
        return await sound.answer(request, at: now)
    }

    var settings: [String: String] { sound.settings }
    var payingMethod: String? { sound.payingMethod }
    var decliningMethod: String? { sound.decliningMethod }
    var redirectingMethod: String? { sound.redirectingMethod }
    var amount: Money { sound.amount }
    var sellerDestination: String? { sound.sellerDestination }
    var otherSellerDestination: String? { sound.otherSellerDestination }
    var payoutDestination: PayoutDestination? { sound.payoutDestination }
    var books: CounterpartBooks { sound.books }
    var webhookSecret: String? { sound.webhookSecret }
    var webhooks: [[UInt8]] { sound.webhooks }
    var unknownWebhook: [UInt8] { sound.unknownWebhook }

    func customerPays(_ reference: String) async { await sound.customerPays(reference) }
    func customerPays(_ reference: String, _ amount: Money, of orderID: String) async {
        await sound.customerPays(reference, amount, of: orderID)
    }

    func headers(signing body: [UInt8], with secret: Secret, at instant: Instant) -> HTTPHeaders {
        sound.headers(signing: body, with: secret, at: instant)
    }

    private var banker: (any CounterpartWithAccounts)? { sound as? any CounterpartWithAccounts }
    private var orders: (any CounterpartWithOrderedBankPayouts)? {
        sound as? any CounterpartWithOrderedBankPayouts
    }
    private var court: (any CounterpartWithDisputes)? { sound as? any CounterpartWithDisputes }

    var connectedAccount: String { banker?.connectedAccount ?? "" }
    var accounts: [ConnectedAccount] { banker?.accounts ?? [] }
    var transfers: [PayoutSnapshot] { banker?.transfers ?? [] }
    var reversals: [ReversalSnapshot] { banker?.reversals ?? [] }
    var disputes: [DisputeSnapshot] { court?.disputes ?? [] }
    var bankPayouts: [BankPayoutSnapshot] { orders?.bankPayouts ?? [] }
    var accountFunds: Money { orders?.accountFunds ?? Money(0, .eur) }
    var orderedBankPayouts: [String] { orders?.orderedBankPayouts ?? [] }
    func accountPaysOut() async { await orders?.accountPaysOut() }
    func bankAnswers(_ reference: String, taken: Bool) async {
        await orders?.bankAnswers(reference, taken: taken)
    }
    func bankGivesBack(_ reference: String) async -> String {
        await orders?.bankGivesBack(reference) ?? ""
    }
    func customerDisputes(_ reference: String) async { await court?.customerDisputes(reference) }
}
