import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `What an invitation into a team is bounded by` {
    private static let home = "http://desk.test"

    private func invite(
        _ email: String, _ shop: GivenSeller, _ market: TestMarketplace
    ) async throws -> TeamInvitation {
        try await market.marketplace.invite(
            email: email, role: .support, as: shop.member, at: Self.home)
    }

    /// What the newest letter to this address leads to, without what stands before it.
    private func token(_ market: TestMarketplace, to email: String) async throws -> String {
        let letter = try #require(
            try await market.marketplace.mails(PageRequest()).items.first {
                $0.recipient == email
            })
        let start = try #require(letter.body.firstRange(of: "\(Self.home)/invitations/"))
        return String(letter.body[start.upperBound...].prefix { !$0.isWhitespace })
    }

    /// Members until the team has so many.
    private func fill(
        _ shop: GivenSeller, to count: Int, _ market: TestMarketplace
    ) async throws {
        try await market.database.execute(
            """
            with made as (
                insert into account (id, email, name, password_hash)
                select gen_random_uuid(), 'm' || n || '@example.test', 'M', 'none'
                from generate_series(2, \(count)::int) n returning id)
            insert into seller_member (seller_id, account_id, role)
            select \(shop.id)::uuid, id, 'support' from made
            """)
    }

    @Test func `a team that is full invites nobody, and takes nobody in who was invited before`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await market.given.verifiedSeller()
            let bo = try await market.given.account("Bo")
            try await fill(shop, to: teamMax - 1, market)
            _ = try await invite(bo.email, shop, market)
            let token = try await token(market, to: bo.email)
            let clerk = try await market.given.account("Clerk")
            try await market.marketplace.addMember(
                email: clerk.email, role: .orders, as: shop.member)

            await #expect(throws: TeamInvitationRefusal.teamFull) {
                try await invite("cy@example.test", shop, market)
            }
            await #expect(throws: TeamInvitationRefusal.teamFull) {
                try await market.marketplace.takeInvitation(token, as: bo.id)
            }

            try await market.marketplace.removeMember(clerk.id, as: shop.member)
            let member = try await market.marketplace.takeInvitation(token, as: bo.id)
            #expect(member.seller == shop.id, "the link is as good as before")
            await #expect(throws: TeamInvitationRefusal.over) {
                try await market.marketplace.invitation(token)
            }
        }
    }

    @Test func `a shop begins forty a day, those that it took back too`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await market.given.verifiedSeller()
            try await market.database.execute(
                """
                insert into team_invitation
                    (id, seller_id, email, role, created_by, token_hash, expires_at, ended_at)
                select gen_random_uuid(), \(shop.id)::uuid, 'm' || n || '@example.test', 'support',
                    \(shop.owner.id)::uuid, decode(md5(n::text), 'hex'), now(), now()
                from generate_series(1, 40) n
                """)

            await #expect(throws: TeamInvitationRefusal.tooManyToday) {
                try await invite("bo@example.test", shop, market)
            }

            try await market.database.execute(
                "update team_invitation set created_at = now() - interval '25 hours'")
            _ = try await invite("bo@example.test", shop, market)
        }
    }

    @Test func `an address gets letters again the next day`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await market.given.verifiedSeller()
            let invited = try await invite("bo@example.test", shop, market)
            try await market.database.execute(
                "update team_invitation set sends = 5, sent_at = now() - interval '25 hours'")

            let again = try await market.marketplace.sendAgain(
                invited.id, as: shop.member, at: Self.home)

            #expect(again.sentAt > invited.sentAt.advanced(by: .seconds(-60)))
        }
    }

    @Test func `those that are open are listed with the newest first`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await market.given.verifiedSeller()
            for name in ["a", "b", "c"] {
                _ = try await invite("\(name)@example.test", shop, market)
            }

            let listed = try await market.marketplace.invitations(as: shop.member)

            #expect(listed.map { String($0.email.prefix(1)) } == ["c", "b", "a"])
        }
    }

    /// Suspended between the moment the link was looked at and the moment it was taken.
    @Test func `a shop that is suspended meanwhile takes nobody in`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let shop = try await market.given.verifiedSeller()
            let admin = try await market.given.administrator()
            let bo = try await market.given.account("Bo")
            _ = try await invite(bo.email, shop, market)
            let token = try await token(market, to: bo.email)

            let suspends: @Sendable () async throws -> Void = {
                _ = try await kernel.suspendSeller(shop.id, reason: "Looked at.", by: admin.id)
            }
            let joins: @Sendable () async throws -> Void = {
                _ = try await kernel.takeInvitation(token, as: bo.id)
            }
            let ends = try await market.inTurn(
                lockedBy: "select id from seller where id = \(shop.id) for update",
                [suspends, joins])

            try ends[0].get()
            #expect(throws: TeamInvitationRefusal.shopSuspended) { try ends[1].get() }
            #expect(try await kernel.memberships(of: bo.id).isEmpty)
        }
    }

    @Test func `nothing is left of it a month after it ended`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await market.given.verifiedSeller()
            for (name, ended, expires) in [
                ("ended-long", -32, -20), ("late-long", 0, -32), ("ended", -30, -60),
                ("late", 0, -30), ("open", 0, 5),
            ] {
                _ = try await invite("\(name)@example.test", shop, market)
                try await market.database.execute(
                    """
                    update team_invitation
                    set ended_at = case when \(ended)::int < 0
                            then now() + \(ended)::int * interval '1 day' end,
                        expires_at = now() + \(expires)::int * interval '1 day'
                    where email = \("\(name)@example.test")
                    """)
            }

            try await market.marketplace.sweep()

            let left = try await market.database.query("select email from team_invitation")
                .decode { c in try c.next(String.self) }
            #expect(Set(left) == ["ended@example.test", "late@example.test", "open@example.test"])
        }
    }

    /// Whoever still applies, or was turned down and tries again, may work together on it.
    @Test(arguments: [Seller.State.applied, .submitted, .rejected])
    func `a shop that is not open yet invites as well`(_ state: Seller.State) async throws {
        try await TestMarketplace.run { market in
            let shop = try await market.given.verifiedSeller()
            try await market.database.execute(
                "update seller set state = \(state) where id = \(shop.id)")
            let bo = try await market.given.account("Bo")

            _ = try await invite(bo.email, shop, market)
            let member = try await market.marketplace.takeInvitation(
                try await token(market, to: bo.email), as: bo.id)

            #expect(member.seller == shop.id)
        }
    }

    /// Programs that send mail take it for an option.
    @Test func `an address with a dash in front is none`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await market.given.verifiedSeller()

            await #expect(throws: AccountRefusal.emailInvalid) {
                try await invite("-oproxy@example.test", shop, market)
            }
            _ = try await invite("bo-@example.test", shop, market)
        }
    }

    /// Nobody knows yet in which language a stranger reads.
    @Test func `a stranger is written to in the language of who invites`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await market.given.verifiedSeller()
            try await market.database.execute(
                """
                update account set language = 'fr', language_at = now()
                where id = \(shop.owner.id)
                """)

            _ = try await invite("bo@example.test", shop, market)

            let letter = try #require(
                try await market.marketplace.mails(PageRequest()).items.first)
            #expect(letter.subject == "Travaillez avec Clay & Kiln")
        }
    }

    /// Who reads along in the back office must not become a member of every shop.
    @Test(arguments: [true, false])
    func `its link is shown in the back office of a demo, and nowhere else`(
        isDemo: Bool
    ) async throws {
        try await TestMarketplace.run(settings: { $0.isDemo = isDemo }) { market in
            let shop = try await market.given.verifiedSeller()
            _ = try await invite("bo@example.test", shop, market)

            let letter = try #require(
                try await market.marketplace.mails(PageRequest()).items.first)

            let link = letter.body.firstMatch(of: /\/invitations\/([A-Za-z0-9_-]{43})/)
            #expect((link != nil) == isDemo)
            #expect(letter.body.contains("\(Self.home)/invitations/…") != isDemo)
        }
    }
}
