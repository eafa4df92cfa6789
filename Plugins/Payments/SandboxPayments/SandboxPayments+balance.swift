import ProviderKit
import Vocabulary

extension SandboxPayments {
    public func balance(
        from: Instant, until: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BalancePage {
        let body = try await bank.get(
            BalanceBody.self,
            "/v1/balance-entries?from=\(from)&until=\(until)&after=\(cursor ?? "0")", context)
        var entries: [BalanceEntry] = []
        for item in body.items {
            guard let kind = BalanceEntry.Kind(rawValue: item.kind) else {
                throw .unavailable(
                    message: "The bank's line is a \(item.kind.prefix(40)).",
                    retryAfterSeconds: nil)
            }
            entries.append(
                BalanceEntry(
                    id: String(item.number), kind: kind, reference: item.source,
                    gross: item.amount, fee: .zero(item.amount.currency), net: item.amount,
                    at: item.at))
        }
        return BalancePage(entries: entries, next: body.next.map { String($0) })
    }
}

/// A page of the bank's own books.
struct BalanceBody: Codable {
    struct Item: Codable {
        let number: Int
        let kind: String
        let source: String
        let amount: Money
        let at: Instant
    }

    let items: [Item]
    let next: Int?
}
