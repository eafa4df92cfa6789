import Postgres
import Vocabulary

/// The largest number of shops that one account may own; more is somebody squatting names.
private let shopsMax = 20

extension Marketplace {
    /// Makes a seller in the state `applied`, with `account` as its owner and a platform balance
    /// as its default wallet.
    /// - Throws: ``SellerRefusal/slugTaken``, and refusals that name a field of the profile.
    public func applyToSell(
        _ profile: SellerProfile, by account: ID<Account>
    ) async throws -> Seller {
        let typed = profile.slug
        let profile = try profile.checked()
        guard try await database.teams.list(of: account).count < shopsMax else {
            throw SellerRefusal.notAllowed
        }
        do {
            return try await insertSeller(profile, by: account)
        } catch SellerRefusal.slugTaken where typed == nil {
            // Nobody chose this slug, so a number makes it free.
            var numbered = profile
            let number = UInt16.random(in: 100...9999)
            numbered.slug = String((profile.slug ?? "shop").prefix(54)) + "-\(number)"
            return try await insertSeller(numbered, by: account)
        }
    }

    private func insertSeller(
        _ profile: SellerProfile, by account: ID<Account>
    ) async throws -> Seller {
        let id = ID<Seller>()
        return try await refusing("seller_slug_key", as: SellerRefusal.slugTaken) {
            try await database.transaction { tx in
                try await tx.sellers.insert(id, profile)
                try await tx.teams.insert(account, as: .owner, of: id)
                try await tx.wallets.insert(
                    ID(), of: id,
                    WalletDraft(kind: .platformBalance, label: "Platform balance"),
                    isDefault: true)
                try await tx.audit.record(
                    "seller.applied", on: "seller", id.description,
                    by: SellerMember(seller: id, account: account, role: .owner))
                guard let seller = try await tx.sellers.find(id) else {
                    throw SellerRefusal.unknown
                }
                return seller
            }
        }
    }

    /// Changes what a shop says about itself.
    /// - Throws: ``SellerRefusal`` as applying does; `notAllowed` without the permission.
    @discardableResult
    public func editProfile(
        _ profile: SellerProfile, as member: SellerMember
    ) async throws -> Seller {
        try member.require(.editProfile)
        var profile = profile
        let id = member.seller
        guard let present = try await database.sellers.find(id) else {
            throw SellerRefusal.unknown
        }
        profile.slug = profile.slug ?? present.slug
        let checked = try profile.checked()
        return try await refusing("seller_slug_key", as: SellerRefusal.slugTaken) {
            try await database.transaction { tx in
                let before = try await tx.audit.before("seller", id.description)
                try await tx.sellers.save(id, checked)
                try await tx.audit.record(
                    "seller.profile-edited", on: "seller", id.description,
                    by: member, before: before)
                guard let seller = try await tx.sellers.find(id) else {
                    throw SellerRefusal.unknown
                }
                return seller
            }
        }
    }
}
