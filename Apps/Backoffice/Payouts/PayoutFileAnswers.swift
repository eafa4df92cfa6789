import Kernel
import Vocabulary
import Web

struct PayoutFileAnswer: Codable {
    let id: ID<PayoutFileBatch>
    let instance: ID<ProviderInstance>
    let transfers: Int
    let total: Money
    let madeAt: Instant
    let name: String?
    /// At most a thousand; empty in lists.
    let payouts: [PayoutAnswer]

    init(_ batch: PayoutFileBatch, _ payouts: [Payout]) {
        id = batch.id
        instance = batch.instance
        transfers = batch.transfers
        total = batch.total
        madeAt = batch.madeAt
        name = batch.name
        self.payouts = payouts.map { PayoutAnswer($0, []) }
    }

    init(_ marketplace: Marketplace, _ id: ID<PayoutFileBatch>) async throws {
        self.init(
            try await marketplace.payoutFileBatch(id), try await marketplace.payouts(in: id))
    }
}

struct PayoutRoutesAnswer: Codable {
    struct Route: Codable {
        let holder: ID<ProviderInstance>
        let payer: ID<ProviderInstance>
    }
    struct Waiting: Codable {
        let instance: ID<ProviderInstance>
        let instanceName: String
        let payouts: Int
        let total: Money
    }

    let routes: [Route]
    /// Payouts that are in no file yet.
    let waiting: [Waiting]

    init(_ marketplace: Marketplace) async throws {
        routes = try await marketplace.payoutRoutes().map {
            Route(holder: $0.holder, payer: $0.payer)
        }
        waiting = try await marketplace.payoutsWaitingForFiles().map {
            Waiting(
                instance: $0.instance, instanceName: $0.instanceName, payouts: $0.payouts,
                total: $0.total)
        }
    }
}
