import Kernel
import Postgres
import TestSupport
import Web

extension WrittenMarket {
    /// Words of ours that programs read, by the column or by its name in any table: no outsider
    /// chooses them, and no page could be made of others.
    private static let codes: Set<String> = [
        "kind", "state", "from_state", "to_state", "topic", "method", "module_key",
        "module_version", "media_type", "password_hash", "shipping_code", "chosen", "code",
        "checksum", "reader", "key", "unique_key", "claims", "format", "refusal", "outcome",
        "session_hash", "key_id", "secrets_key_id", "action", "object_kind", "object_id",
        "audience", "commission_reasoning", "aggregate_kind", "role", "status", "language",
        "second_person.subject", "second_person.wish", "recurring_job.name",
        "schema_migration.name", "countries", "search_word.word", "listing.terms",
        "listing_page.body",
        "idempotency_key.route", "idempotency_key.actor", "idempotency_key.location",
        "idempotency_key.content_type", "process_beat.name",
    ]
    /// The same within JSON, by the member.
    private static let codedMembers: Set<String> = [
        "currency", "country", "countries", "kind", "type", "state", "code", "result", "outcome",
        "id", "side", "method", "instance", "payout", "order", "role", "every", "treatment",
        "remitter", "lineID", "orderID", "form", "language", "jurisdiction", "source", "category",
    ]

    /// Overwrites every text that anybody wrote, or that a program wrote of it.
    /// - Parameter ways: by a column's number, tried in their order until the table takes one.
    /// - Returns: the columns that took it, by their number.
    func overwrite(_ ways: (Int) -> [Overwriting]) async throws -> [Int: TextColumn] {
        var taken: [Int: TextColumn] = [:]
        for column in try await market.storage.textColumns() {
            guard !Self.codes.contains(column.name), !Self.codes.contains("\(column)") else {
                continue
            }
            let number = taken.count + 1
            for way in ways(number) {
                let rows = try await market.storage.overwrite(
                    column, way, keeping: Self.codedMembers)
                guard let rows else { continue }
                if rows > 0 { taken[number] = column }
                break
            }
        }
        // They are made of the others, by triggers that were not asked.
        try await market.storage.tamper(["delete from listing_page"])
        return taken
    }

    /// The three apps as a process serves them that knows nothing of what was there before.
    func walks(
        in language: String = "en", _ body: (PageWalk) async throws -> Void
    ) async throws {
        let kernel = try market.anotherProcess()
        do {
            for walk in try await walks(on: kernel, language) { try await body(walk) }
        } catch {
            await kernel.database.close()
            throw error
        }
        await kernel.database.close()
    }
}
