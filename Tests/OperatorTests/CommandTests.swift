import Foundation
import Testing

@Suite struct `Calling guildhall` {
    @Test(arguments: [
        ["nonsense"], ["migrate", "--nonsense"], ["serve", "kitchen"], ["bench", "nothing"],
        ["admin", "create"], ["admin", "create", "--email", "a@b.de", "--role", "emperor"],
        ["module", "check"], ["drill", "swap", "--drain-within", "0"],
        // They end when their work is done, and not after a time.
        ["bench", "flashsale", "--seconds", "3"], ["bench", "replay", "/", "--seconds", "3"],
    ])
    func `with what it does not know ends with 64 and the usage`(
        _ arguments: [String]
    ) async throws {
        let outcome = try await Guildhall.run(all: arguments)

        #expect(outcome.code == 64)
        #expect(outcome.complaints.contains("Usage:"))
        #expect(outcome.output.isEmpty)
    }

    @Test func `for help names every command and ends well`() async throws {
        let outcome = try await Guildhall.run("--help")

        #expect(outcome.code == 0)
        for command in [
            "up", "serve", "work", "migrate", "admin", "payouts", "ledger", "doctor", "routes",
            "module", "seed", "walk", "bench",
        ] {
            #expect(outcome.output.contains("  \(command)"), "\(command)")
        }
    }

    @Test(arguments: [["migrate"], ["ledger", "verify"], ["payouts", "run"], ["routes"]])
    func `without settings says all that is missing at once`(
        _ arguments: [String]
    ) async throws {
        let outcome = try await Guildhall.run(all: arguments)

        #expect(outcome.code == 1)
        #expect(outcome.said.contains("DATABASE_URL"))
        #expect(outcome.said.contains("REDIS_URL"))
    }

    @Test func `with settings that make no sense says each of them`() async throws {
        let outcome = try await Guildhall.run(
            "migrate",
            environment: [
                "DATABASE_URL": "postgresql://127.0.0.1/x", "REDIS_URL": "http://127.0.0.1",
                "GUILDHALL_STOREFRONT_PORT": "99999", "GUILDHALL_SECRET_KEY": "short",
                "GUILDHALL_LOG_LEVEL": "loud",
            ])

        #expect(outcome.code == 1)
        for name in [
            "REDIS_URL", "GUILDHALL_STOREFRONT_PORT", "GUILDHALL_SECRET_KEY",
            "GUILDHALL_LOG_LEVEL",
        ] {
            #expect(outcome.said.contains(name), "\(name)")
        }
    }

    @Test func `module new writes a package, once, and says what is no name`() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/modules-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func new(_ kind: String, _ name: String) async throws -> Guildhall.Outcome {
            try await Guildhall.run("module", "new", kind, name, "--into", folder)
        }

        for kind in ["payment", "shipping", "tax"] {
            let made = try await new(kind, "Corner" + kind.capitalized)
            #expect(made.code == 0, "\(made.said)")
        }
        let source = try String(
            contentsOfFile: folder + "/CornerTax/Sources/CornerTax/CornerTax.swift",
            encoding: .utf8)

        #expect(source.contains("public struct CornerTax: TaxProvider {"))
        #expect(source.contains(#"key: "corner-tax""#))
        #expect(!source.contains("<"), "everything is filled in")
        #expect(try await new("tax", "CornerTax").said.contains("is there already"))
        #expect(try await new("tax", "corner tax").code == 64)
        #expect(try await new("luck", "CornerTax").code == 64)
    }

    @Test func `module check says what is no module`() async throws {
        let outcome = try await Guildhall.run("module", "check", "/etc/hostname")
        let missing = try await Guildhall.run("module", "check", "/nowhere/libX.so")

        #expect(outcome.code == 1)
        #expect(missing.code == 1)
        #expect(missing.complaints.contains("/nowhere/libX.so cannot be read."))
    }
}

@Suite struct `Looking after an empty market` {
    @Test func `migrate says what has run, and runs nothing twice`() async throws {
        try await Guildhall.withMarket { environment, _ in
            let again = try await Guildhall.run("migrate", environment: environment)
            let status = try await Guildhall.run("migrate", "--status", environment: environment)

            #expect(again.code == 0, "\(again.said)")
            #expect(again.output == "The schema is up to date.\n")
            #expect(status.output.contains("m0001-accounts  ran "))
            #expect(!status.output.contains("to run"))
        }
    }

    @Test func `ledger verify holds, and says how much it looked at`() async throws {
        try await Guildhall.withMarket { environment, _ in
            let outcome = try await Guildhall.run("ledger", "verify", environment: environment)

            #expect(outcome.code == 0, "\(outcome.said)")
            #expect(outcome.output.contains("  holds  "))
            #expect(!outcome.output.contains("WRONG"))
        }
    }

    @Test func `admin create makes an account once, and gives a role to one that is there`()
        async throws
    {
        try await Guildhall.withMarket { environment, _ in
            let made = try await Guildhall.run(
                "admin", "create", "--email", "ines@example.test", "--password",
                "correct horse battery", environment: environment)
            let again = try await Guildhall.run(
                "admin", "create", "--email", "ines@example.test", "--role", "finance",
                environment: environment)

            #expect(made.code == 0, "\(made.said)")
            #expect(made.output.contains("Made an account for ines@example.test"))
            #expect(!made.output.contains("correct horse"))
            #expect(again.output == "ines@example.test has the role finance.\n")
        }
    }

    @Test func `routes lists the addresses of the app that was asked for`() async throws {
        try await Guildhall.withMarket { environment, _ in
            let outcome = try await Guildhall.run("routes", "seller", environment: environment)

            #expect(outcome.code == 0, "\(outcome.said)")
            #expect(outcome.output.contains("  POST /orders/{order}/shipments\n"))
            #expect(!outcome.output.contains("/checkouts"))
        }
    }
}
