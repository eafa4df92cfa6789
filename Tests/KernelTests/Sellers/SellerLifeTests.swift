import Kernel
import TestSupport
import Testing
import Vocabulary

/// A seller that applied and has all that it needs to be verified.
struct Applicant {
    let seller: Seller
    let member: SellerMember
    let owner: Account

    static let png = MarketSide.picture

    init(_ market: TestMarketplace, name: String = "Clay & Kiln") async throws {
        owner = try await market.given.account("Ada Owner")
        var profile = SellerProfile(name: name, country: "de")
        profile.legalName = "Ada Owner GmbH"
        profile.origin = Address(
            name: "Ada Owner", lines: ["Am Brunnen 1"], city: "Berlin", postalCode: "10115",
            country: "DE")
        seller = try await market.marketplace.applyToSell(profile, by: owner.id)
        member = try await market.marketplace.membership(of: owner.id, in: seller.id)
    }
}

@Suite struct `The life of a seller` {
    @Test func `a person applies, shows a document, and is verified`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let admin = try await market.given.administrator()
            let applicant = try await Applicant(market)

            #expect(applicant.seller.slug == "clay-kiln")
            #expect(applicant.seller.country == "DE")
            #expect(try await kernel.wallets(as: applicant.member).map(\.isDefault) == [true])
            await #expect(throws: SellerRefusal.documentsMissing) {
                try await kernel.submitSeller(as: applicant.member)
            }
            try await kernel.addDocument(
                .identity, fileName: "passport.png", bytes: Applicant.png, as: applicant.member)
            try await kernel.submitSeller(as: applicant.member)
            let verified = try await kernel.verifySeller(applicant.seller.id, by: admin.id)

            #expect(verified.state == .verified)
            #expect(try await kernel.shop(slug: "clay-kiln").id == applicant.seller.id)
            let steps = try await kernel.transitions(of: applicant.seller.id)
            #expect(steps.map(\.to) == [.verified, .submitted])
            #expect(steps.first?.actor == admin.id)
            let document = try #require(try await kernel.documents(of: verified.id).first)
            let file = try await kernel.documentFile(document.id, of: verified.id)
            #expect(file.bytes == Applicant.png)
            #expect(file.mediaType == "image/png")
        }
    }

    @Test func `a rejected seller reads why and may send it in again`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let admin = try await market.given.administrator()
            let applicant = try await Applicant(market)
            try await kernel.addDocument(
                .identity, fileName: "p.png", bytes: Applicant.png, as: applicant.member)
            try await kernel.submitSeller(as: applicant.member)

            try await kernel.rejectSeller(
                applicant.seller.id, reason: "The picture cannot be read.", by: admin.id)
            #expect(
                try await kernel.transitions(of: applicant.seller.id).first?.reason
                    == "The picture cannot be read.")
            try await kernel.submitSeller(as: applicant.member)

            #expect(try await kernel.seller(applicant.seller.id).state == .submitted)
        }
    }

    @Test func `steps that a life does not have are refused`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let admin = try await market.given.administrator()
            let applicant = try await Applicant(market)
            let id = applicant.seller.id

            await #expect(throws: SellerRefusal.wrongState) {
                try await kernel.verifySeller(id, by: admin.id)
            }
            await #expect(throws: SellerRefusal.wrongState) {
                try await kernel.suspendSeller(id, reason: "Because.", by: admin.id)
            }
            await #expect(throws: SellerRefusal.wrongState) {
                try await kernel.reinstateSeller(id, reason: "Because.", by: admin.id)
            }
            await #expect(throws: InputRefusal(.missing, field: "reason")) {
                try await kernel.rejectSeller(id, reason: " ", by: admin.id)
            }
            await #expect(throws: SellerRefusal.unknown) {
                try await kernel.verifySeller(ID(), by: admin.id)
            }
        }
    }

    @Test func `a suspended seller's things leave the shop and come back`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let admin = try await market.given.administrator()
            let seller = try await market.given.verifiedSeller()
            let listing = try await kernel.publishedListing("Blue bowl", by: seller.member)

            try await kernel.suspendSeller(seller.id, reason: "Complaints.", by: admin.id)
            await #expect(throws: ListingRefusal.unknown) {
                try await kernel.listingJSON(listing.listing.id)
            }
            #expect(try await kernel.cards(CardQuery()).items.isEmpty)
            let offer = try await kernel.offers(for: listing.variants.map(\.id)).values.first
            #expect(offer?.problem(for: 1) == .notForSale)
            try await kernel.reinstateSeller(seller.id, reason: "Settled.", by: admin.id)

            #expect(try await kernel.cards(CardQuery()).items.map(\.title) == ["Blue bowl"])
        }
    }

    @Test func `a shop closes for good when nothing is open`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let applicant = try await Applicant(market)

            try await kernel.closeShop(as: applicant.member)

            await #expect(throws: SellerRefusal.wrongState) {
                try await kernel.submitSeller(as: applicant.member)
            }
            await #expect(throws: SellerRefusal.unknown) {
                try await kernel.shop(slug: applicant.seller.slug)
            }
        }
    }

    @Test func `two shops of one name get two addresses, a chosen one is refused`() async throws {
        try await TestMarketplace.run { market in
            let (first, second) = (try await Applicant(market), try await Applicant(market))

            #expect(first.seller.slug != second.seller.slug)
            await #expect(throws: SellerRefusal.slugTaken) {
                try await market.marketplace.applyToSell(
                    SellerProfile(name: "Other", slug: "clay-kiln", country: "DE"),
                    by: first.owner.id)
            }
            await #expect(throws: SellerRefusal.slugInvalid) {
                try await market.marketplace.applyToSell(
                    SellerProfile(name: "Other", slug: "-no-", country: "DE"),
                    by: first.owner.id)
            }
            await #expect(throws: SellerRefusal.countryUnknown) {
                try await market.marketplace.applyToSell(
                    SellerProfile(name: "Other", country: "Germany"), by: first.owner.id)
            }
        }
    }

    @Test func `lists by state go page by page`() async throws {
        try await TestMarketplace.run { market in
            for number in 1...5 { _ = try await Applicant(market, name: "Shop \(number)") }

            let first = try await market.marketplace.sellers(
                in: .applied, PageRequest(limit: 3))
            let second = try await market.marketplace.sellers(
                in: .applied, PageRequest(after: first.next, limit: 3))

            #expect(first.items.map(\.name) == ["Shop 5", "Shop 4", "Shop 3"])
            #expect(second.items.map(\.name) == ["Shop 2", "Shop 1"])
            #expect(second.next == nil)
            #expect(try await market.marketplace.sellers(in: .verified).items.isEmpty)
        }
    }
}

@Suite struct `A seller's team` {
    @Test func `members do what their role says and no more`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let applicant = try await Applicant(market)
            let helper = try await market.given.account("Bo Helper")

            try await kernel.addMember(
                email: helper.email, role: .support, as: applicant.member)
            let member = try await kernel.membership(of: helper.id, in: applicant.seller.id)

            await #expect(throws: SellerRefusal.notAllowed) {
                try await kernel.createListing(
                    ListingDraft(title: "X", variants: [VariantDraft(price: Money(100, .eur))]),
                    as: member)
            }
            await #expect(throws: SellerRefusal.notAllowed) { try await kernel.team(as: member) }
            await #expect(throws: SellerRefusal.notAllowed) {
                try await kernel.wallets(as: member)
            }
            await #expect(throws: SellerRefusal.memberAlready) {
                try await kernel.addMember(
                    email: helper.email, role: .orders, as: applicant.member)
            }
            await #expect(throws: SellerRefusal.accountUnknown) {
                try await kernel.addMember(
                    email: "nobody@example.org", role: .orders, as: applicant.member)
            }
            #expect(try await kernel.memberships(of: helper.id).map(\.role) == [.support])
        }
    }

    @Test func `somebody stays owner`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let applicant = try await Applicant(market)
            let helper = try await market.given.account("Bo Helper")
            try await kernel.addMember(email: helper.email, role: .owner, as: applicant.member)

            try await kernel.changeRole(
                of: applicant.owner.id, to: .catalogue, as: applicant.member)
            let other = try await kernel.membership(of: helper.id, in: applicant.seller.id)

            await #expect(throws: SellerRefusal.lastOwner) {
                try await kernel.removeMember(helper.id, as: other)
            }
            try await kernel.removeMember(applicant.owner.id, as: other)
            await #expect(throws: SellerRefusal.unknown) {
                try await kernel.membership(of: applicant.owner.id, in: applicant.seller.id)
            }
            await #expect(throws: SellerRefusal.memberUnknown) {
                try await kernel.removeMember(applicant.owner.id, as: other)
            }
        }
    }
}

@Suite struct `Wallets` {
    @Test func `an IBAN with a typing error is refused`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let applicant = try await Applicant(market)
            let wallet = try #require(try await kernel.wallets(as: applicant.member).first)
            func draft(_ iban: String) -> WalletDraft {
                WalletDraft(
                    kind: .platformBalance, label: "Bank",
                    details: WalletDetails(holder: "Ada", iban: iban))
            }

            for iban in ["DE89370400440532013001", "DE8937040044053201300", "XX", "DE89 ????"] {
                await #expect(throws: WalletRefusal.ibanInvalid) {
                    try await kernel.editWallet(wallet.id, draft(iban), as: applicant.member)
                }
            }
            let edited = try await kernel.editWallet(
                wallet.id, draft("de89 3704 0044 0532 0130 00"), as: applicant.member)

            #expect(edited.details.iban == "DE89370400440532013000")
            #expect(edited.details.maskedIBAN == "DE89 •••• 3000")
        }
    }

    @Test func `one wallet is the default, and a foreign one is nobody's`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let (ours, theirs) = (
                try await Applicant(market), try await Applicant(market, name: "Other")
            )
            let chain = try await kernel.addWallet(
                WalletDraft(
                    kind: .chainAddress, label: "Solana",
                    details: WalletDetails(
                        chain: "solana", address: "11111111111111111111111111111112")),
                as: ours.member)

            try await kernel.makeDefault(chain.id, as: ours.member)

            let wallets = try await kernel.wallets(as: ours.member)
            #expect(wallets.filter(\.isDefault).map(\.id) == [chain.id])
            await #expect(throws: WalletRefusal.unknown) {
                try await kernel.makeDefault(chain.id, as: theirs.member)
            }
            await #expect(throws: WalletRefusal.addressInvalid) {
                try await kernel.addWallet(
                    WalletDraft(
                        kind: .chainAddress, label: "Solana",
                        details: WalletDetails(chain: "solana", address: "0OIl")),
                    as: ours.member)
            }
        }
    }
}
