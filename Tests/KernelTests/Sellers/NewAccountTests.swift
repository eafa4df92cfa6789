import Kernel
import TestSupport
import Testing
import Vocabulary

/// Whoever stole a password is too slow: money to another account waits, and the shop is told.
@Suite struct `An account that a shop was never paid to` {
    private static let thief = WalletDetails(holder: "Eve", iban: "FR1420041010050500013M02606")

    private static func draft(_ details: WalletDetails = WalletDetails()) -> WalletDraft {
        WalletDraft(kind: .platformBalance, label: "Bank", details: details)
    }

    @Test func `waits when its wallet was added beside another, and the shop is told`()
        async throws
    {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()

            let added = try await market.marketplace.addWallet(
                Self.draft(Self.thief), as: seller.member)

            #expect(try await waits(added, market))
            #expect(try await told(seller, market) == ["DE89 •••• 3000 > FR14 •••• 2606"])
        }
    }

    @Test func `waits when its wallet is made the default, and the shop is told`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let added = try await market.marketplace.addWallet(
                Self.draft(Self.thief), as: seller.member)
            try await market.marketplace.moveClock(by: .seconds(100 * 3600), as: nil)
            #expect(try await !waits(added, market))

            try await market.marketplace.makeDefault(added.id, as: seller.member)

            let wallets = try await market.marketplace.wallets(as: seller.member)
            #expect(try await waits(try #require(wallets.first(where: \.isDefault)), market))
            #expect(try await told(seller, market).count == 2)
            // What is the default already takes nobody's place.
            try await market.marketplace.moveClock(by: .seconds(100 * 3600), as: nil)
            try await market.marketplace.makeDefault(added.id, as: seller.member)
            #expect(try await told(seller, market).count == 2)
        }
    }

    @Test func `waits when it becomes the default in the place of an emptied one`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let added = try await kernel.addWallet(Self.draft(Self.thief), as: seller.member)
            try await kernel.moveClock(by: .seconds(100 * 3600), as: nil)
            try await kernel.editWallet(seller.wallet, Self.draft(), as: seller.member)

            try await kernel.makeDefault(added.id, as: seller.member)

            let wallets = try await kernel.wallets(as: seller.member)
            #expect(try await waits(try #require(wallets.first(where: \.isDefault)), market))
            #expect(try await told(seller, market).last == "nowhere > FR14 •••• 2606")
        }
    }

    @Test func `waits anew when its wallet was emptied three days before`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let earnings = try await Earnings(market)
            let seller = earnings.seller
            _ = try await earnings.delivered(price: 2000)
            try await kernel.editWallet(seller.wallet, Self.draft(), as: seller.member)
            try await earnings.waitForHolds()

            try await kernel.editWallet(seller.wallet, Self.draft(Self.thief), as: seller.member)

            let run = try await kernel.runPayouts()
            #expect(run.payouts.isEmpty && run.waiting.map(\.reason) == [.newAccount])
            #expect(
                try await told(seller, market)
                    == ["DE89 •••• 3000 > nowhere", "nowhere > FR14 •••• 2606"])
        }
    }

    @Test func `waits in a wallet of its own when the shop's was emptied before`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let empty = try await kernel.addWallet(Self.draft(), as: seller.member)
            try await kernel.editWallet(seller.wallet, Self.draft(), as: seller.member)
            try await kernel.moveClock(by: .seconds(100 * 3600), as: nil)

            let filled = try await kernel.editWallet(
                empty.id, Self.draft(Self.thief), as: seller.member)
            let added = try await kernel.addWallet(Self.draft(Self.thief), as: seller.member)

            #expect(try await waits(filled, market))
            #expect(try await waits(added, market))
            #expect(try await told(seller, market).last == "nowhere > FR14 •••• 2606")
        }
    }

    @Test func `is paid at once when it is a new shop's first`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let applicant = try await Applicant(market)
            let wallet = try #require(try await kernel.wallets(as: applicant.member).first)

            let filled = try await kernel.editWallet(
                wallet.id, Self.draft(Self.thief), as: applicant.member)

            #expect(filled.paysFrom == nil)
            // The same account in a second wallet is nothing new either.
            let second = try await kernel.addWallet(Self.draft(Self.thief), as: applicant.member)
            #expect(second.paysFrom == nil)
            #expect(try await told(applicant.member, applicant.owner, market).isEmpty)
        }
    }

    private func waits(_ wallet: Wallet, _ market: TestMarketplace) async throws -> Bool {
        let now = try await market.marketplace.marketNow()
        return wallet.paysFrom.map { $0 > now } ?? false
    }

    private func told(_ seller: GivenSeller, _ market: TestMarketplace) async throws -> [String] {
        try await told(seller.member, seller.owner, market)
    }

    /// From where to where the shop's owner was told that its money goes, oldest first.
    private func told(
        _ member: SellerMember, _ owner: Account, _ market: TestMarketplace
    ) async throws -> [String] {
        try await market.tellEverybody()
        return try await market.database.query(
            """
            select coalesce(payload ->> 'oldAccount', 'nowhere') || ' > '
                || coalesce(payload ->> 'newAccount', 'nowhere')
            from outbox_event
            where topic = 'wallet.account-changed' and seller_id = \(member.seller)
            order by id
            """
        ).decode { c in try c.next(String.self) }
    }
}
