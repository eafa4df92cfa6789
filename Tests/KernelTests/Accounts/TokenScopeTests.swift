import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `A token for programs` {
    @Test func `lasts ninety days unless it is said, and never more than a year`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await market.given.account()
            let day: Int64 = 86_400

            let made = try await kernel.createAccessToken(named: "A", for: .seller, of: ada.id)
            let until = try #require(made.token.expiresAt)
            #expect(until.secondsSince1970 - made.token.createdAt.secondsSince1970 == 90 * day)
            _ = try await kernel.createAccessToken(
                named: "B", for: .seller, of: ada.id,
                expiresAt: Instant.systemNow.advanced(days: 365))
            await #expect(throws: InputRefusal.self) {
                try await kernel.createAccessToken(
                    named: "C", for: .seller, of: ada.id,
                    expiresAt: Instant.systemNow.advanced(days: 400))
            }
            await #expect(throws: InputRefusal.self) {
                try await kernel.createAccessToken(
                    named: "D", for: .seller, of: ada.id, expiresAt: .systemNow)
            }

            try await market.database.execute(
                "update access_token set expires_at = now() - interval '1 second'")
            await #expect(throws: AccountRefusal.tokenInvalid) {
                try await kernel.bearer(ofToken: made.secret, audience: .seller)
            }
        }
    }

    @Test func `of before scopes goes on without an end and without limits`() async throws {
        try await TestMarketplace.run { market in
            let ada = try await market.given.account()
            let made = try await market.marketplace.createAccessToken(
                named: "Old", for: .seller, of: ada.id)
            try await market.database.execute(
                "update access_token set expires_at = null, scopes = null")

            let bearer = try await market.marketplace.bearer(
                ofToken: made.secret, audience: .seller)

            #expect(bearer.account.id == ada.id && bearer.permissions == nil)
        }
    }

    @Test func `says what it may do, and when it was last used`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await market.given.account()
            let made = try await kernel.createAccessToken(
                named: "Script", for: .seller, of: ada.id, scopes: [.writeOrders, .readCatalogue])
            let before = try #require(try await kernel.accessTokens(of: ada.id).items.first)
            #expect(before.scopes == [.readCatalogue, .writeOrders] && before.lastUsedAt == nil)

            let bearer = try await kernel.bearer(ofToken: made.secret, audience: .seller)

            #expect(
                bearer.permissions == [
                    .readListings, .readReviews, .readOrders, .shipOrders, .refundOrders,
                ])
            let after = try #require(try await kernel.accessTokens(of: ada.id).items.first)
            let used = try #require(after.lastUsedAt)
            // Not at every request.
            _ = try await kernel.bearer(ofToken: made.secret, audience: .seller)
            #expect(
                try await kernel.accessTokens(of: ada.id).items.first?.lastUsedAt == used)
            try await market.database.execute(
                "update access_token set last_used_at = now() - interval '6 minutes'")
            _ = try await kernel.bearer(ofToken: made.secret, audience: .seller)
            let again = try await kernel.accessTokens(of: ada.id).items.first?.lastUsedAt
            #expect(try #require(again) >= used)
        }
    }

    @Test func `has a scope at least, and only in the seller app`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await market.given.account()
            await #expect(throws: InputRefusal.self) {
                try await kernel.createAccessToken(
                    named: "A", for: .seller, of: ada.id, scopes: [])
            }
            await #expect(throws: InputRefusal.self) {
                try await kernel.createAccessToken(
                    named: "A", for: .customer, of: ada.id, scopes: [.readOrders])
            }
            #expect(try await kernel.accessTokens(of: ada.id).items.isEmpty)
        }
    }

    @Test func `that is over leaves room for another`() async throws {
        try await TestMarketplace.run { market in
            let ada = try await market.given.account()
            for number in 1...50 {
                _ = try await market.marketplace.createAccessToken(
                    named: "Token \(number)", for: .seller, of: ada.id)
            }
            try await market.database.execute(
                """
                update access_token set expires_at = now() - interval '1 second'
                where name = 'Token 7'
                """)

            _ = try await market.marketplace.createAccessToken(
                named: "One more", for: .seller, of: ada.id)
        }
    }

    @Test func `reads with a reading scope what its role reads, and changes nothing`() {
        for scope in TokenScope.allCases {
            #expect(scope.permissions.isSubset(of: scope.role.permissions))
            #expect(scope.mayWrite || scope.permissions.allSatisfy(\.isReading))
            #expect(!scope.permissions.contains(.manageTeam))
            #expect(!scope.permissions.contains(.editProfile))
        }
        #expect(TokenScope.writeFinance.permissions == SellerRole.finance.permissions)
    }
}
