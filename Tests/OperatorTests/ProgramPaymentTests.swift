import Foundation
import Glibc
import Kernel
import Logging
import ProviderHost
import ProviderKit
import SandboxBank
import Testing
import Vocabulary

@Suite struct `Payments by a program, behind a provider host of its own` {
    private static let plugins =
        URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path + "/Plugins/"

    @Test func `are in doubt when it is killed, found again, and the host goes on`() async throws {
        let cards = Self.plugins + "Payments/SandboxCards/"
        let modules = [
            "sandbox-cards.module.json": cards + "sandbox-cards.module.json",
            "sandbox_cards.py": cards + "sandbox_cards.py",
            "guildhall_frames.py": Self.plugins + "guildhall_frames.py",
        ]
        try await withBank { url, account in
            try await RunningHost.with(modules: modules) { host in
                let id = try await host.market.createProviderInstance(
                    module: "sandbox-cards", name: "Cards",
                    settings: [
                        "url": url, "apiKey": account.key, "webhookSecret": account.webhookSecret,
                    ], as: nil
                ).id
                let cards = try await host.market.providers.payment(id)
                let (first, key) = (try await host.status().pid, "key-\(id)")
                let paid = try await cards.start(Self.start("tok_visa"), Self.context("paid"))
                #expect(paid.snapshot.status == .captured)
                let paying = Task { () -> ProviderError? in
                    do throws(ProviderError) {
                        // It works at the bank, which never answers.
                        _ = try await cards.start(
                            Self.start("tok_timeout_after_acting"), Self.context(key))
                        return nil
                    } catch {
                        return error
                    }
                }
                while try await cards.lookup(.idempotencyKey(key), Self.context("look")) == nil {
                    try await Task.sleep(for: .milliseconds(20))
                }

                let programs = Self.running(host.modulesFolder + "/sandbox_cards.py")
                #expect(programs.map { kill($0, SIGKILL) } == [0])
                let error = try #require(await paying.value)
                let found = try await cards.lookup(.idempotencyKey(key), Self.context("look"))

                #expect(!error.isDefinite, "\(error)")
                #expect(found?.captured == Money(4250, .eur))
                #expect(try await host.status().pid == first)
                #expect(host.exits.isEmpty)
            }
        }
    }

    @Test func `leave none of their secrets in its log`() async throws {
        let cards = Self.plugins + "Payments/SandboxCards/"
        let modules = [
            "sandbox-cards.module.json": cards + "sandbox-cards.module.json",
            "sandbox_cards.py": cards + "sandbox_cards.py",
            "guildhall_frames.py": Self.plugins + "guildhall_frames.py",
        ]
        try await RunningHost.with(modules: modules) { host in
            let program = host.modulesFolder + "/sandbox_cards.py"
            let text = try String(contentsOfFile: program, encoding: .utf8)
            // It is started when it is first asked.
            try text.replacing(
                "def make(settings):\n",
                with: """
                    def make(settings):
                        print("Told:", settings, file=__import__("sys").stderr, flush=True)

                    """
            ).write(toFile: program, atomically: false, encoding: .utf8)
            let id = try await host.market.createProviderInstance(
                module: "sandbox-cards", name: "Cards",
                settings: [
                    "url": "http://127.0.0.1:9", "apiKey": "sk_sandbox_of_nobody",
                    "webhookSecret": "whsec_of_nobody",
                ], as: nil
            ).id

            // Nobody is there who could answer.
            _ = try? await host.market.providers.payment(id)
                .start(Self.start("tok_visa"), Self.context("told"))

            for _ in 0..<500 where try !host.log().contains("sandbox-cards: Told: ") {
                try await Task.sleep(for: .milliseconds(20))
            }
            let log = try host.log()
            #expect(log.contains("'apiKey': '(secret)'"), "\(log)")
            #expect(log.contains("'webhookSecret': '(secret)'"))
            #expect(!log.contains("of_nobody"))
        }
    }

    private static func start(_ card: String) -> PaymentStart {
        PaymentStart(
            paymentID: "p-\(card)", amount: Money(4250, .eur), method: card, capture: .now,
            returnURL: "http://127.0.0.1:9/", webhookURL: "http://127.0.0.1:9/")
    }

    private static func context(_ key: String) -> OperationContext {
        OperationContext(key: key, within: .seconds(120))
    }

    /// The processes that run `program`.
    private static func running(_ program: String) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { pid in
            let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
            return String(decoding: words, as: UTF8.self).contains(program)
        }
    }

    /// Runs a bank for as long as `body` runs.
    private func withBank(
        _ body: @escaping @Sendable (String, SandboxBank.Account) async throws -> Void
    ) async throws {
        var settings = SandboxBank.Settings()
        settings.port = 0
        settings.silence = .seconds(120)
        let account = settings.accounts[0]
        let bank = SandboxBank(
            settings, logger: Logger(label: "tests", factory: { _ in SwiftLogNoOpLogHandler() }))
        let (ports, found) = AsyncStream<Int>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bank.run { found.yield($0) } }
            for await port in ports.prefix(1) {
                try await body("http://127.0.0.1:\(port)", account)
            }
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }
}
