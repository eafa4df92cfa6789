import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Disputes that cannot be read, at the desk` {
    @Test func `are where the first page leads, of every provider or of one, page by page`()
        async throws
    {
        try await Office.run { office in
            let (first, second) = (
                try await office.market.given.instance(), try await office.market.given.instance()
            )
            #expect(try await office.get("/disputes/unreadable").text.contains("There are none."))
            for (provider, count, day) in [(first, 21, 2), (second, 3, 1)] {
                try await office.market.database.execute(
                    """
                    insert into dispute_quarantine (instance_id, reference, problem, first_seen_at)
                    select \(provider), \("du_\(day)_")::text || n, 'The dispute is <novel>.',
                        timestamptz '2026-11-22' - \(day)::bigint * interval '1 day'
                    from generate_series(1, \(count)::bigint) n
                    """)
            }

            #expect(
                try await office.get("/", as: .finance).text.contains("\"/disputes/unreadable\""))
            let page = try await office.get("/disputes/unreadable", as: .finance).text
            #expect(page.contains("du_1_1") && page.contains("The dispute is &lt;novel&gt;."))
            #expect(page.contains("/providers/\(second)") && page.contains("after="))
            var seen: [String] = []
            var path = "/api/v1/disputes/unreadable?limit=10"
            for _ in 0..<4 {
                let answer = try await office.get(path, as: .finance)
                for place in 0..<10 {
                    if let reference = answer.value("items.\(place).reference") {
                        seen.append(reference)
                    }
                }
                guard let next = answer.value("next") else { break }
                path = "/api/v1/disputes/unreadable?limit=10&after=\(next)"
            }
            #expect(seen.count == 24 && Set(seen).count == 24)
            #expect(seen.prefix(3).allSatisfy { $0.hasPrefix("du_1_") }, "the newest first")

            let theirs = try await office.get("/providers/\(first)").text
            #expect(theirs.contains("/disputes/unreadable?provider=\(first)"))
            let own = try await office.get("/disputes/unreadable?provider=\(second)").text
            #expect(own.contains("du_1_3") && !own.contains("du_2_"))
            #expect(try await office.get("/disputes/unreadable", as: .catalogue).status == 403)
        }
    }
}
