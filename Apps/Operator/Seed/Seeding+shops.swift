import Foundation
import Kernel
import Vocabulary

extension Seeding {
    /// A verified shop with its catalogue published.
    /// - Parameter isFirst: no seeding came to its end yet, so that one may have been interrupted.
    func open(
        _ shop: DemoMarket.Shop, isFirst: Bool, by admin: ID<Account>
    ) async throws -> SellerMember {
        let owner = try await account(
            of: DemoMarket.Person(name: shop.person, email: shop.email))
        let member = try await member(of: shop, owner)
        try await verify(member, shop, by: admin)
        try await payable(member, shop)
        try await declare(member, shop)
        try await stock(member, shop, isFirst: isFirst)
        try await send(member, shop, isFirst: isFirst)
        return member
    }

    private func member(of shop: DemoMarket.Shop, _ owner: Account) async throws -> SellerMember {
        let shops = try await marketplace.memberships(of: owner.id)
        if let known = shops.first(where: { $0.slug == shop.slug }) {
            return SellerMember(seller: known.seller, account: owner.id, role: known.role)
        }
        let profile = SellerProfile(
            name: shop.name, slug: shop.slug, about: shop.about, country: shop.address.country,
            legalName: "\(shop.name), \(shop.person)", origin: shop.address)
        let seller = try await marketplace.applyToSell(profile, by: owner.id)
        return SellerMember(seller: seller.id, account: owner.id, role: .owner)
    }

    private func verify(
        _ member: SellerMember, _ shop: DemoMarket.Shop, by admin: ID<Account>
    ) async throws {
        var seller = try await marketplace.seller(member.seller)
        if seller.state == .applied || seller.state == .rejected {
            let paper = try bytes(of: firstPicture(of: shop))
            _ = try await marketplace.addDocument(
                .business, fileName: "trade-register.jpg", bytes: paper, as: member)
            seller = try await marketplace.submitSeller(as: member)
        }
        if seller.state == .submitted {
            for entry in try await marketplace.checklist(of: member.seller)
            where entry.tick == nil {
                try await marketplace.tick(
                    entry.row, of: member.seller, note: "demo", by: admin)
            }
            try await marketplace.verifySeller(member.seller, by: admin)
        }
    }

    /// Where the shop's earnings go.
    private func payable(_ member: SellerMember, _ shop: DemoMarket.Shop) async throws {
        for wallet in try await marketplace.wallets(as: member)
        where wallet.isDefault && !wallet.details.isComplete {
            let details = WalletDetails(holder: shop.name, iban: shop.iban)
            try await marketplace.editWallet(
                wallet.id,
                WalletDraft(kind: wallet.kind, label: wallet.label, details: details),
                as: member)
        }
    }

    /// What the shop says of returns, care and the like; what it says already stays.
    private func declare(_ member: SellerMember, _ shop: DemoMarket.Shop) async throws {
        guard let words = shop.policies,
            try await marketplace.policies(of: member.seller) == nil
        else { return }
        try await marketplace.setPolicies(words.joined(separator: "\n\n"), as: member)
    }

    /// A picture of the shop stands in for its papers.
    private func firstPicture(of shop: DemoMarket.Shop) throws -> String {
        let pictures = URL(fileURLWithPath: folder + "/" + shop.catalogue)
            .deletingLastPathComponent().appendingPathComponent("pictures").path
        let names = try FileManager.default.contentsOfDirectory(atPath: pictures).sorted()
        guard let first = names.first(where: { $0.hasSuffix(".jpg") }) else {
            throw OperatorProblem("There is no picture in \(pictures).")
        }
        return pictures + "/" + first
    }

    func bytes(of path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw OperatorProblem("\(path) cannot be read.")
        }
        return [UInt8](data)
    }
}
