import Postgres
import TestSupport
import Testing

extension Scene {
    func deadJob() async throws -> Int64 {
        try #require(
            try await market.database.query(
                """
                insert into job (kind, state, error, finished_at)
                values ('test.dead', 'dead', 'it broke', now()) returning id
                """
            ).decode { c in try c.next(Int64.self) }.first)
    }
}
