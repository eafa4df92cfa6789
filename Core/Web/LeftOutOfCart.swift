import Kernel
import Vocabulary

extension WebRequest {
    /// How many different things that were chosen with this browser before its person signed in
    /// found no room in the account's cart; they stay in the guest's. None for whoever looks on as
    /// somebody else: what their own browser chose is not that person's.
    /// - Throws: ``CartRefusal/unavailable`` without Redis.
    public func leftOutOfCart(_ visitor: Visitor) async throws -> Int {
        guard visitor.account != nil, bearer == nil, hasBrowser,
            try await impersonation() == nil
        else { return 0 }
        return try await site.carts.lines(of: .guest(visitor.browser)).count
    }
}
