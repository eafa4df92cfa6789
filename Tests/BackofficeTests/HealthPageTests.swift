import Kernel
import Postgres
import TestSupport
import Testing

@Suite struct `The page of health` {
    @Test func `says what is wrong and what to do, and comes again by itself`() async throws {
        try await Office.run { office in
            let page = try await office.get("/health", as: .support)
            #expect(page.status == 200)
            #expect(page.refresh == "10; url=/health")
            #expect(page.text.contains("Something is broken."))
            #expect(page.text.contains("No process of it runs: nobody can buy."))
            #expect(page.text.contains("guildhall up"))
            #expect(try await office.get("/health?refresh=off").refresh == nil)

            for name in ["storefront", "seller", "admin", "worker"] {
                try await office.market.database.execute(
                    """
                    insert into process_beat (machine, name, pid, started_at)
                    values ('here', \(name), 1, now())
                    """)
            }
            try await office.market.marketplace.recordVerification()
            let well = try await office.get("/health")
            #expect(!well.text.contains("Something is broken."), "\(well.text)")
            #expect(well.text.contains("storefront on here"))
        }
    }

    @Test func `is the same for programs`() async throws {
        try await Office.run { office in
            _ = try await office.market.database.execute(
                """
                insert into job (kind, state, error, finished_at)
                values ('test.dead', 'dead', 'it broke', now())
                """)

            let answer = try await office.get("/api/v1/health", as: .finance)

            #expect(answer.value("state") == "bad")
            #expect(answer.text.contains("1 jobs were given up."))
            #expect(answer.text.contains("\"area\":\"redis\""))
            #expect(try await office.get("/api/v1/health", as: .catalogue).status == 403)
        }
    }
}
