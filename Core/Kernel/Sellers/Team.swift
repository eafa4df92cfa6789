import Vocabulary

extension Marketplace {
    /// What `account` is in the shop.
    /// - Throws: ``SellerRefusal/unknown`` when it does not belong to it, or there is no such
    ///   shop: the two look the same from outside.
    public func membership(
        of account: ID<Account>, in seller: ID<Seller>
    ) async throws -> SellerMember {
        guard let member = try await database.teams.find(account, of: seller) else {
            throw SellerRefusal.unknown
        }
        return member
    }

    /// The shops that an account works for, oldest first.
    public func memberships(of account: ID<Account>) async throws -> [SellerMembership] {
        try await database.teams.list(of: account)
    }

    /// Everybody in a shop.
    public func team(as member: SellerMember) async throws -> [TeamMember] {
        try member.require(.manageTeam)
        return try await database.teams.list(of: member.seller)
    }

    /// Everybody in a shop, for administrators.
    public func team(of seller: ID<Seller>) async throws -> [TeamMember] {
        try await database.teams.list(of: seller)
    }

    /// Takes somebody who has an account into the shop.
    /// - Throws: ``SellerRefusal/accountUnknown``, ``SellerRefusal/memberAlready``.
    public func addMember(
        email: String, role: SellerRole, as member: SellerMember
    ) async throws {
        try member.require(.manageTeam)
        let email = try Account.normalizedEmail(email)
        guard let account = try await database.accounts.find(email: email) else {
            throw SellerRefusal.accountUnknown
        }
        try await refusing("seller_member_pkey", as: SellerRefusal.memberAlready) {
            try await database.transaction { tx in
                guard try await tx.teams.lock(member.seller).count < teamMax else {
                    throw InputRefusal(
                        .wrong("A team has at most \(teamMax) members."), field: "email")
                }
                let before = try await tx.audit.before("seller", member.seller.description)
                try await tx.teams.insert(account.id, as: role, of: member.seller)
                try await tx.audit.record(
                    "seller.member-added", on: "seller", member.seller.description,
                    by: member, reason: "\(account.id): \(role.rawValue)", before: before)
            }
        }
    }

    /// Gives a member another role.
    /// - Throws: ``SellerRefusal/memberUnknown``, ``SellerRefusal/lastOwner``.
    public func changeRole(
        of account: ID<Account>, to role: SellerRole, as member: SellerMember
    ) async throws {
        try member.require(.manageTeam)
        try await database.transaction { tx in
            let team = try await tx.teams.lock(member.seller)
            try keepOwner(team, without: role == .owner ? nil : account, touching: account)
            let before = try await tx.audit.before("seller", member.seller.description)
            try await tx.teams.save(role, of: account, in: member.seller)
            try await tx.audit.record(
                "seller.member-changed", on: "seller", member.seller.description,
                by: member, reason: "\(account): \(role.rawValue)", before: before)
        }
    }

    /// Takes a member out of the shop.
    /// - Throws: ``SellerRefusal/memberUnknown``, ``SellerRefusal/lastOwner``.
    public func removeMember(_ account: ID<Account>, as member: SellerMember) async throws {
        try member.require(.manageTeam)
        try await database.transaction { tx in
            let team = try await tx.teams.lock(member.seller)
            try keepOwner(team, without: account, touching: account)
            let before = try await tx.audit.before("seller", member.seller.description)
            try await tx.teams.delete(account, of: member.seller)
            try await tx.audit.record(
                "seller.member-removed", on: "seller", member.seller.description,
                by: member, reason: account.description, before: before)
        }
    }

    private func keepOwner(
        _ team: [SellerMember], without leaving: ID<Account>?, touching account: ID<Account>
    ) throws(SellerRefusal) {
        guard team.contains(where: { $0.account == account }) else { throw .memberUnknown }
        guard team.contains(where: { $0.role == .owner && $0.account != leaving }) else {
            throw .lastOwner
        }
    }
}
