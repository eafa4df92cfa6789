import Kernel

extension Scene {
    /// The trail, oldest first.
    func lines() async throws -> [AuditEntry] {
        var lines: [AuditEntry] = []
        var after: String?
        repeat {
            let page = try await market.marketplace.auditTrail(
                .everything, PageRequest(after: after, limit: 100))
            lines += page.items
            after = page.next
        } while after != nil
        return lines.reversed()
    }
}
