import Kernel
import SellerDesk
import Storefront
import TestSupport
import Testing
import Web

@Suite struct `An Idempotency-Key that comes back` {
    private func replay(
        _ audience: AccessToken.Audience, _ app: (TestMarketplace) throws -> WebApp,
        of person: (TestMarketplace) async throws -> Account
    ) async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let account = try await person(market)
            let token = try await market.marketplace.createAccessToken(
                named: "test", for: audience, of: account.id
            ).secret

            let complaints = try await Nonsense(try app(market), token: token)
                .complaintsOfKeys(last: "POST /api/v1/shops")

            #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
        }
    }

    @Test func `with another body is refused by every operation of the shop`() async throws {
        try await replay(
            .customer,
            {
                try Storefront.app(
                    marketplace: $0.marketplace, redis: TestWeb.redis, settings: TestWeb.settings,
                    logger: TestServers.logger)
            }, of: { try await $0.given.account() })
    }

    @Test func `with another body is refused by every operation of the desk`() async throws {
        try await replay(
            .seller,
            {
                try SellerDesk.app(
                    marketplace: $0.marketplace, redis: TestWeb.redis, settings: TestWeb.settings,
                    logger: TestServers.logger)
            }, of: { try await $0.given.verifiedSeller().owner })
    }

    @Test func `with another body is refused by every operation of the office`() async throws {
        try await replay(
            .admin, { try Office.app(of: $0, settings: TestWeb.settings) },
            of: { try await $0.given.administrator() })
    }
}
