import Vocabulary

extension Marketplace {
    /// A seller by its id, in any state: for itself and for administrators.
    /// - Throws: ``SellerRefusal/unknown``.
    public func seller(_ id: ID<Seller>) async throws -> Seller {
        guard let seller = try await database.sellers.find(id) else { throw SellerRefusal.unknown }
        return seller
    }

    /// The public page of a shop.
    /// - Throws: ``SellerRefusal/unknown`` for every seller that may not sell at the moment.
    public func shop(slug: String) async throws -> Seller {
        guard let seller = try await database.sellers.find(slug: slug), seller.isOpen else {
            throw SellerRefusal.unknown
        }
        return seller
    }

    /// Sellers of a state, or all, newest first, for administrators; of those that wait to be
    /// verified, the one that waits longest first.
    public func sellers(
        in state: Seller.State?, _ page: PageRequest = PageRequest()
    ) async throws -> Page<Seller> {
        state == .submitted
            ? try await database.sellers.listWaiting(page)
            : try await database.sellers.list(state, page)
    }

    /// Up to ten sellers whose names are like `name`, for administrators.
    public func sellers(named name: String) async throws -> [Seller] {
        try await database.sellers.search(
            name: try InputText.line(name, field: "name", lengths: 1...120))
    }

    /// Who moved the seller from where to where, and why; the newest hundred steps.
    public func transitions(of id: ID<Seller>) async throws -> [SellerTransition] {
        try await database.sellers.listTransitions(id)
    }
}
