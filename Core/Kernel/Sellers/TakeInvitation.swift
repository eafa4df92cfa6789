import Postgres
import Vocabulary

extension Marketplace {
    /// What a link invites to, without using it up.
    /// - Throws: ``TeamInvitationRefusal/over``, ``TeamInvitationRefusal/shopClosed``,
    ///   ``TeamInvitationRefusal/shopSuspended``.
    public func invitation(_ token: String) async throws -> TeamInvitation {
        let found = try await database.invitations.find(hash: TeamInvitation.hash(of: token))
        guard let found else { throw TeamInvitationRefusal.over }
        try found.state.requireJoining()
        return found
    }

    /// Makes `account` a member by the link that was sent to its address. A link works once; who
    /// became a member by it and sends it again, from another tab or by a second click, is told so
    /// again for as long as they are one.
    /// - Throws: ``TeamInvitationRefusal``, ``SellerRefusal/memberAlready``.
    public func takeInvitation(
        _ token: String, as account: ID<Account>
    ) async throws -> SellerMember {
        let hash = TeamInvitation.hash(of: token)
        guard let wanted = try await database.invitations.find(hash: hash) else {
            return try await joined(by: hash, account, database)
        }
        try wanted.state.requireJoining()
        return try await refusing("seller_member_pkey", as: SellerRefusal.memberAlready) {
            try await database.transaction { tx in
                // First the shop, as whoever invites, suspends or closes does.
                guard let shop = try await tx.sellers.lock(wanted.seller) else {
                    throw TeamInvitationRefusal.over
                }
                try shop.state.requireJoining()
                guard try await tx.accounts.lockOpen(account),
                    let person = try await tx.accounts.find(account)
                else { throw AccountRefusal.unknown }
                guard person.email == wanted.email else {
                    throw TeamInvitationRefusal.otherAddress
                }
                // The link may have been sent again, used or taken back meanwhile.
                guard let open = try await tx.invitations.find(hash: hash),
                    try await tx.invitations.end(open.id, by: account)
                else { return try await joined(by: hash, account, tx) }
                guard try await tx.teams.lock(open.seller).count < teamMax else {
                    throw TeamInvitationRefusal.teamFull
                }
                try await tx.teams.insert(account, as: open.role, of: open.seller)
                try await tx.audit.record(
                    "seller.member-joined", on: "seller", open.seller.description, by: account,
                    as: .seller, for: open.seller, before: nil,
                    after: InvitationTrace(invitation: open.id, role: open.role))
                return SellerMember(seller: open.seller, account: account, role: open.role)
            }
        }
    }

    /// What `account` became by a link that it used up.
    private func joined(
        by hash: [UInt8], _ account: ID<Account>, _ db: any Queryable
    ) async throws -> SellerMember {
        guard let member = try await db.invitations.member(by: hash, account) else {
            throw TeamInvitationRefusal.over
        }
        return member
    }
}
