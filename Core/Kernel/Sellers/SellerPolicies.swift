import Vocabulary

extension Marketplace {
    /// What a shop says of returns, care and the like: plain text with blank lines between
    /// paragraphs; nil when it says nothing.
    public func policies(of seller: ID<Seller>) async throws -> String? {
        try await database.policies.find(seller)
    }

    /// Says it, or with nothing takes it back.
    /// - Throws: ``SellerRefusal/notAllowed``, ``InputRefusal`` for more than 10,000 letters.
    @discardableResult
    public func setPolicies(_ text: String, as member: SellerMember) async throws -> String? {
        try member.require(.editProfile)
        let clean = try InputText.paragraphs(text, field: "policies", lengths: 0...10_000)
        let next = clean.isEmpty ? nil : clean
        try await database.transaction { tx in
            guard try await tx.sellers.lock(member.seller) != nil else {
                throw SellerRefusal.unknown
            }
            let before = try await tx.policies.find(member.seller)
            guard before != next else { return }
            try await tx.policies.save(member.seller, next)
            try await tx.audit.record(
                "seller.policies-set", on: "seller", member.seller.description,
                by: member.account, as: .seller, for: member.seller,
                before: Policies(policies: before), after: Policies(policies: next))
        }
        return next
    }
}

/// What the trail tells.
private struct Policies: Codable, Sendable {
    let policies: String?
}
