import Kernel
import Postgres
import TestSupport
import Testing

@Suite struct `The page of health` {
    /// Processes as they write themselves down.
    private func beat(_ office: Office, _ names: [String]) async throws {
        for name in names {
            try await office.market.database.execute(
                """
                insert into process_beat (machine, name, pid, started_at, build)
                values ('here', \(name), 1, now(), 'm0001 of 2026-11-22 06:10')
                """)
        }
    }

    @Test func `says what is wrong and what to do, and comes again by itself`() async throws {
        try await Office.run { office in
            let page = try await office.get("/health", as: .support)

            #expect(page.status == 200)
            #expect(page.refresh == "10; url=/health")
            #expect(page.text.contains("Something is broken."))
            #expect(page.text.contains("No process of it runs: nobody can buy."))
            #expect(page.text.contains("guildhall up"))
            #expect(try await office.get("/health?refresh=off").refresh == nil)
        }
    }

    @Test(arguments: [
        ("de", "Kein Prozess davon läuft: niemand kann kaufen.", "Spur Fotos", "aufgegeben"),
        (
            "fr", "Aucun de ses processus ne tourne : personne ne peut acheter.", "File photos",
            "abandonnée"
        ),
    ])
    func `says it in the language of who looks`(
        _ language: String, missing: String, lane: String, given: String
    ) async throws {
        try await Office.run { office in
            _ = try await office.market.database.batch([
                """
                insert into job (kind, state, error, finished_at)
                values ('test.dead', 'dead', 'it broke', now())
                """,
                """
                insert into job (kind, lane, run_at)
                values ('test.due', 'photos', now() - interval '2 minutes')
                """,
            ])

            let page = try await office.get("/health?refresh=off", in: language).text
            let jobs = try await office.get("/jobs", in: language).text

            for words in [missing, lane, given] { #expect(page.contains(words), "\(words)") }
            #expect(jobs.contains(String(lane.drop { $0 != " " }.dropFirst())))
            for words in ["None waits", "Start it", "was never", "Every row", "answered"] {
                #expect(!page.contains(words), "\(words)")
            }
        }
    }

    @Test func `says of each process which it is, which program it runs and how busy it is`()
        async throws
    {
        try await Office.run { office in
            try await beat(office, ["storefront", "storefront-2", "seller", "admin", "worker"])

            let page = try await office.get("/health", as: .administrator).text

            #expect(!page.contains("No process of it runs"), "\(page)")
            #expect(page.contains("storefront-2 on here"))
            #expect(page.contains("Process 1, for 0 s, m0001 of 2026-11-22 06:10; 0 of 0"))
        }
    }

    @Test func `is the same for programs`() async throws {
        try await Office.run { office in
            try await beat(office, ["worker"])
            _ = try await office.market.database.execute(
                """
                insert into job (kind, state, error, finished_at)
                values ('test.dead', 'dead', 'it broke', now())
                """)

            let answer = try await office.get("/api/v1/health", as: .finance)

            #expect(answer.value("state") == "bad")
            #expect(answer.text.contains("1 job was given up."))
            #expect(answer.text.contains("\"area\":\"redis\""))
            #expect(answer.text.contains("\"build\":\"m0001 of 2026-11-22 06:10\""))
            #expect(try await office.get("/api/v1/health", as: .catalogue).status == 403)
        }
    }
}
