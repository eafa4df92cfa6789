import Foundation
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Changing the secret key` {
    private static let count = 400

    @Test func `goes on where it was killed, and nothing is lost`() async throws {
        try await Guildhall.withDatabase { storage, environment, home in
            let database = storage.database
            _ = try await Guildhall.run("migrate", environment: environment)
            let file = home + "/keys/secrets.key"
            let old = try #require(try Self.keys(in: file).first)
            let ids = try await Self.add(under: old, to: database)

            // kill -9 as soon as it has begun.
            let killed = try Guildhall.start(["key", "rotate"], environment: environment)
            for _ in 0..<2000 {
                if try await Self.done(database, except: old) > 5 { break }
                try await Task.sleep(for: .milliseconds(5))
            }
            kill(killed.processIdentifier, SIGKILL)
            killed.waitUntilExit()
            let half = try await Self.done(database, except: old)
            #expect((1..<Self.count).contains(half), "it was killed in the middle")
            let ring = try Self.keys(in: file)
            #expect(ring.count == 2 && ring[1] == old)

            let early = try await Guildhall.run("key", "forget", environment: environment)
            #expect(early.code == 1 && early.said.contains("run guildhall key rotate first"))
            let again = try await Guildhall.run("key", "rotate", environment: environment)
            #expect(again.code == 0, "\(again.said)")
            #expect(again.output.contains("going on with those"))
            #expect(again.output.contains("The secrets of \(Self.count - half) providers"))
            #expect(try Self.keys(in: file) == ring, "it made no third key")
            let forgotten = try await Guildhall.run("key", "forget", environment: environment)
            #expect(forgotten.output.contains("1 old keys were dropped"))
            #expect(try Self.keys(in: file) == [ring[0]])
            #expect(!(again.said + early.said).contains(hexadecimal(ring[0])))

            for (id, sealed) in try await Self.sealed(database) {
                let plain = try Sealing.open(
                    sealed, key: ring[0], binding: Array("provider_instance:\(id)".utf8))
                #expect(String(decoding: plain, as: UTF8.self) == #"{"apiKey":"\#(id)"}"#)
            }
            #expect(ids.count == Self.count)
        }
    }

    @Test func `changes the apps' own key as well, which opens what was stored before`()
        async throws
    {
        try await Guildhall.withDatabase { _, environment, home in
            _ = try await Guildhall.run("migrate", environment: environment)
            let file = home + "/keys/accounts.key"
            let first = try Self.keys(in: file)

            let rotated = try await Guildhall.run("key", "rotate", environment: environment)
            #expect(rotated.code == 0, "\(rotated.said)")
            let ring = try Self.keys(in: file)
            #expect(Array(ring.dropFirst()) == first)
            _ = try await Guildhall.run("key", "forget", environment: environment)

            #expect(try Self.keys(in: file) == [ring[0]])
        }
    }

    private static func keys(in file: String) throws -> [[UInt8]] {
        try String(contentsOfFile: file, encoding: .utf8).split(whereSeparator: \.isWhitespace)
            .compactMap { bytes(hexadecimal: $0) }
    }

    /// The id under which a key is known in the table.
    private static func name(of key: [UInt8]) -> String {
        hexadecimal(sha256(Array("guildhall provider key".utf8) + key).prefix(8))
    }

    private static func add(under key: [UInt8], to database: Database) async throws -> [String] {
        var ids: [String] = []
        for _ in 0..<count {
            let id = ID<Int>().description
            let sealed = try Sealing.seal(
                Array(#"{"apiKey":"\#(id)"}"#.utf8), key: key,
                binding: Array("provider_instance:\(id)".utf8))
            try await database.execute(
                """
                insert into provider_instance (id, kind, module_key, name, secrets,
                    secrets_key_id)
                values (\(id)::uuid, 'payment', 'none', \(id), \(Bytes(sealed)),
                    \(name(of: key)))
                """)
            ids.append(id)
        }
        return ids
    }

    private static func done(_ database: Database, except key: [UInt8]) async throws -> Int {
        try await database.query(
            "select count(*) from provider_instance where secrets_key_id <> \(name(of: key))"
        ).decode { c in try c.next(Int.self) }.first ?? 0
    }

    private static func sealed(_ database: Database) async throws -> [(String, [UInt8])] {
        try await database.query("select id::text, secrets from provider_instance")
            .decode { c in (try c.next(String.self), try c.next(Bytes.self).bytes) }
    }
}
