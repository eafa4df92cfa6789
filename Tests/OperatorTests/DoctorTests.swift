import Foundation
import Testing

@Suite struct `The doctor` {
    /// The line about `subject`, and the remedy under it.
    private func finding(_ subject: String, in text: String) -> String {
        let lines = text.split(separator: "\n").map(String.init)
        guard let index = lines.firstIndex(where: { $0.contains(subject) }) else { return "" }
        let remedy = index + 1 < lines.count ? lines[index + 1] : ""
        return lines[index] + (remedy.contains("→") ? remedy : "")
    }

    @Test func `finds a market that only lacks modules and a key, with what mends it`()
        async throws
    {
        try await Guildhall.withMarket { environment, home in
            let outcome = try await Guildhall.run("doctor", environment: environment)

            #expect(outcome.code == 1)
            #expect(outcome.output.contains("  well   PostgreSQL answers"))
            #expect(outcome.output.contains("  well   Redis answers"))
            #expect(outcome.output.contains("  well   schema"))
            #expect(finding("provider modules", in: outcome.output).contains("→ Config/run"))
            #expect(finding("secret key", in: outcome.output).contains("→ guildhall up"))
            #expect(!FileManager.default.fileExists(atPath: home + "/keys"), "it changes nothing")
        }
    }

    @Test func `finds servers that are down, each with a sentence`() async throws {
        let outcome = try await Guildhall.run(
            "doctor",
            environment: [
                "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
                "REDIS_URL": "redis://127.0.0.1:1", "GUILDHALL_HOME": "/tmp/guildhall-doctor",
            ])

        #expect(outcome.code == 1)
        #expect(finding("PostgreSQL:", in: outcome.output).contains("DATABASE_URL"))
        #expect(finding("PostgreSQL:", in: outcome.output).contains("→ start it"))
        #expect(finding("Redis:", in: outcome.output).contains("→ start it"))
    }

    @Test func `finds a key file that is none, and does not print it`() async throws {
        try await Guildhall.withMarket { environment, home in
            try FileManager.default.createDirectory(
                atPath: home + "/keys", withIntermediateDirectories: true)
            try "not-a-key".write(
                toFile: home + "/keys/secrets.key", atomically: true, encoding: .utf8)

            let outcome = try await Guildhall.run("doctor", environment: environment)

            #expect(
                finding("secret key", in: outcome.output).contains("64 hexadecimal digits"))
            #expect(!outcome.said.contains("not-a-key"))
        }
    }
}
