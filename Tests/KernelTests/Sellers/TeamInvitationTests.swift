import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `An invitation into a team` {
    private static let home = "http://desk.test"

    /// What the newest letter to this address leads to, without what stands before it.
    private func token(_ market: TestMarketplace, to email: String) async throws -> String {
        let letter = try #require(
            try await market.marketplace.mails(PageRequest()).items.first {
                $0.recipient == email
            })
        let start = try #require(letter.body.firstRange(of: "\(Self.home)/invitations/"))
        return String(letter.body[start.upperBound...].prefix { !$0.isWhitespace })
    }

    private func acts(_ market: TestMarketplace, _ shop: GivenSeller) async throws -> [String] {
        try await market.marketplace.auditTrail(.seller(shop.id), PageRequest()).items
            .map(\.action)
    }

    @Test func `makes a member of whoever has the address, once`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let shop = try await market.given.verifiedSeller()
            let bo = try await market.given.account("Bo")

            let invited = try await kernel.invite(
                email: bo.email.uppercased(), role: .orders, as: shop.member, at: Self.home)
            #expect(invited.email == bo.email)
            #expect(try await kernel.invitations(as: shop.member) == [invited])
            let token = try await token(market, to: bo.email)
            #expect(try await kernel.invitation(token).shop == "Clay & Kiln")
            let member = try await kernel.takeInvitation(token, as: bo.id)

            #expect(member.role == .orders && member.seller == shop.id)
            #expect(try await kernel.memberships(of: bo.id).map(\.role) == [.orders])
            #expect(try await kernel.invitations(as: shop.member).isEmpty)
            // Another tab of the same person.
            let again = try await kernel.takeInvitation(token, as: bo.id)
            #expect(again.seller == shop.id && again.role == .orders)
            #expect(
                try await acts(market, shop) == ["seller.member-joined", "seller.member-invited"])
            // Addresses are the person's to take back, and the trail is for ever.
            let trail = try await kernel.auditTrail(.seller(shop.id), PageRequest()).items
            #expect(!"\(trail)".contains(bo.email))
            let rows = try await market.database.query(
                "select to_jsonb(i)::text from team_invitation i"
            ).decode { c in try c.next(String.self) }
            #expect(rows.count == 1 && !rows[0].contains(token))
            // Whoever has left comes back by another invitation only.
            try await kernel.removeMember(bo.id, as: shop.member)
            await #expect(throws: TeamInvitationRefusal.over) {
                try await kernel.takeInvitation(token, as: bo.id)
            }
        }
    }

    @Test func `is for the account of its address and no other`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let shop = try await market.given.verifiedSeller()
            let (bo, eve) = (
                try await market.given.account("Bo"), try await market.given.account("Eve")
            )
            _ = try await kernel.invite(
                email: bo.email, role: .support, as: shop.member, at: Self.home)
            let token = try await token(market, to: bo.email)

            await #expect(throws: TeamInvitationRefusal.otherAddress) {
                try await kernel.takeInvitation(token, as: eve.id)
            }
            #expect(try await kernel.memberships(of: eve.id).isEmpty)
            #expect(try await kernel.takeInvitation(token, as: bo.id).role == .support)
            await #expect(throws: SellerRefusal.memberAlready) {
                try await kernel.invite(
                    email: bo.email, role: .orders, as: shop.member, at: Self.home)
            }
        }
    }

    @Test func `opens nothing once it is sent again, too old or taken back`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let shop = try await market.given.verifiedSeller()
            let bo = try await market.given.account("Bo")
            let invited = try await kernel.invite(
                email: bo.email, role: .support, as: shop.member, at: Self.home)
            let first = try await token(market, to: bo.email)

            _ = try await kernel.sendAgain(invited.id, as: shop.member, at: Self.home)
            let second = try await token(market, to: bo.email)
            await #expect(throws: TeamInvitationRefusal.over) {
                try await kernel.takeInvitation(first, as: bo.id)
            }
            #expect(try await kernel.invitation(second).id == invited.id)
            try await market.database.execute(
                "update team_invitation set expires_at = now() - interval '1 second'")
            await #expect(throws: TeamInvitationRefusal.over) {
                try await kernel.takeInvitation(second, as: bo.id)
            }
            let late = try #require(try await kernel.invitations(as: shop.member).first)
            #expect(late.isOver(at: .systemNow))

            let again = try await kernel.sendAgain(invited.id, as: shop.member, at: Self.home)
            #expect(!again.isOver(at: .systemNow))
            let third = try await token(market, to: bo.email)
            try await kernel.takeBackInvitation(invited.id, as: shop.member)
            await #expect(throws: TeamInvitationRefusal.over) {
                try await kernel.takeInvitation(third, as: bo.id)
            }
            await #expect(throws: TeamInvitationRefusal.unknown) {
                try await kernel.sendAgain(invited.id, as: shop.member, at: Self.home)
            }
            #expect(try await kernel.memberships(of: bo.id).isEmpty)
            #expect(
                try await acts(market, shop).filter { $0.contains("invitation") } == [
                    "seller.invitation-taken-back", "seller.invitation-sent-again",
                    "seller.invitation-sent-again",
                ])
        }
    }

    @Test func `lasts seven days`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await market.given.verifiedSeller()
            let invited = try await market.marketplace.invite(
                email: "bo@example.test", role: .support, as: shop.member, at: Self.home)

            #expect(
                invited.expiresAt.secondsSince1970 - invited.sentAt.secondsSince1970 == 7 * 86_400)
        }
    }

    @Test func `of a suspended or a closed shop says so, and is good again after it`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let shop = try await market.given.verifiedSeller()
            let admin = try await market.given.administrator()
            let bo = try await market.given.account("Bo")
            let invited = try await kernel.invite(
                email: bo.email, role: .support, as: shop.member, at: Self.home)
            let token = try await token(market, to: bo.email)

            _ = try await kernel.suspendSeller(shop.id, reason: "Looked at.", by: admin.id)
            await #expect(throws: TeamInvitationRefusal.shopSuspended) {
                try await kernel.invitation(token)
            }
            await #expect(throws: TeamInvitationRefusal.shopSuspended) {
                try await kernel.takeInvitation(token, as: bo.id)
            }
            await #expect(throws: TeamInvitationRefusal.shopSuspended) {
                try await kernel.sendAgain(invited.id, as: shop.member, at: Self.home)
            }
            _ = try await kernel.reinstateSeller(shop.id, reason: "In order.", by: admin.id)
            #expect(try await kernel.invitation(token).id == invited.id)

            _ = try await kernel.closeShop(as: shop.member)
            await #expect(throws: TeamInvitationRefusal.shopClosed) {
                try await kernel.takeInvitation(token, as: bo.id)
            }
            await #expect(throws: TeamInvitationRefusal.shopClosed) {
                try await kernel.invite(
                    email: "cy@example.test", role: .support, as: shop.member, at: Self.home)
            }
        }
    }

    @Test func `is only the owner's to send, and another shop's is unknown`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let shop = try await market.given.verifiedSeller()
            let other = try await market.given.verifiedSeller("Other")
            let clerk = try await market.given.account("Clerk")
            try await kernel.addMember(email: clerk.email, role: .orders, as: shop.member)
            let member = try await kernel.membership(of: clerk.id, in: shop.id)
            let invited = try await kernel.invite(
                email: "bo@example.test", role: .support, as: shop.member, at: Self.home)

            await #expect(throws: SellerRefusal.notAllowed) {
                try await kernel.invite(
                    email: "cy@example.test", role: .owner, as: member, at: Self.home)
            }
            await #expect(throws: SellerRefusal.notAllowed) {
                try await kernel.takeBackInvitation(invited.id, as: member)
            }
            await #expect(throws: TeamInvitationRefusal.unknown) {
                try await kernel.takeBackInvitation(invited.id, as: other.member)
            }
            await #expect(throws: TeamInvitationRefusal.unknown) {
                try await kernel.sendAgain(invited.id, as: other.member, at: Self.home)
            }
            #expect(try await kernel.invitations(as: other.member).isEmpty)
        }
    }

    @Test func `is one of few: a shop has twenty open, an address gets five letters a day`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let shop = try await market.given.verifiedSeller()
            let other = try await market.given.verifiedSeller("Other")
            let first = try await kernel.invite(
                email: "bo0@example.test", role: .support, as: shop.member, at: Self.home)
            for number in 1..<20 {
                _ = try await kernel.invite(
                    email: "bo\(number)@example.test", role: .support, as: shop.member,
                    at: Self.home)
            }
            await #expect(throws: TeamInvitationRefusal.tooManyOpen) {
                try await kernel.invite(
                    email: "bo20@example.test", role: .support, as: shop.member, at: Self.home)
            }
            #expect(try await kernel.invitations(as: shop.member).count == 20)

            for _ in 0..<4 {
                _ = try await kernel.sendAgain(first.id, as: shop.member, at: Self.home)
            }
            await #expect(throws: TeamInvitationRefusal.tooManyLetters) {
                try await kernel.sendAgain(first.id, as: shop.member, at: Self.home)
            }
            // Nor from another shop.
            await #expect(throws: TeamInvitationRefusal.tooManyLetters) {
                try await kernel.invite(
                    email: first.email, role: .support, as: other.member, at: Self.home)
            }
            await #expect(throws: TeamInvitationRefusal.openAlready) {
                try await kernel.takeBackInvitation(
                    try #require(try await kernel.invitations(as: shop.member).first).id,
                    as: shop.member)
                _ = try await kernel.invite(
                    email: "bo1@example.test", role: .support, as: shop.member, at: Self.home)
            }
        }
    }

    @Test func `makes one member of a person in two tabs, and none of a stranger beside them`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let shop = try await market.given.verifiedSeller()
            let bo = try await market.given.account("Bo")
            let eve = try await market.given.account("Eve")
            _ = try await kernel.invite(
                email: bo.email, role: .support, as: shop.member, at: Self.home)
            let token = try await token(market, to: bo.email)

            let other = try market.anotherProcess()
            let lock: SQL = "select id from seller where id = \(shop.id) for update"
            let stranger: @Sendable () async throws -> SellerMember = {
                try await other.takeInvitation(token, as: eve.id)
            }
            let tab: @Sendable () async throws -> SellerMember = {
                try await kernel.takeInvitation(token, as: bo.id)
            }

            let ends = try await market.inTurn(lockedBy: lock, [stranger, tab, tab])

            #expect(throws: TeamInvitationRefusal.otherAddress) { try ends[0].get() }
            #expect(try ends[1].get().role == .support && ends[2].get().account == bo.id)
            await other.database.close()
            #expect(try await kernel.memberships(of: bo.id).count == 1)
            #expect(try await kernel.memberships(of: eve.id).isEmpty)
            #expect(
                try await acts(market, shop) == ["seller.member-joined", "seller.member-invited"])
        }
    }

    @Test func `is written in the reader's language, and forgotten with them`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let shop = try await market.given.verifiedSeller()
            let bo = try await kernel.register(
                Registration(
                    email: "bo@example.test", name: "Bo", password: "correct horse battery",
                    language: .german))
            _ = try await kernel.invite(
                email: bo.email, role: .support, as: shop.member, at: Self.home)
            let letter = try #require(try await kernel.mails(PageRequest()).items.first)
            #expect(letter.subject == "Arbeiten Sie bei Clay & Kiln mit")
            _ = try await kernel.takeInvitation(try await token(market, to: bo.email), as: bo.id)
            try await kernel.removeMember(bo.id, as: shop.member)

            try await kernel.eraseAccount(bo.id, password: "correct horse battery")

            #expect(try await kernel.mails(PageRequest()).items.isEmpty)
            let left = try await market.database.query("select from team_invitation")
            #expect(left.isEmpty)
        }
    }
}
