import ArgumentParser
import Kernel
import Vocabulary
import Logging

/// `guildhall migrate`
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Brings the database's schema up to this version.")

    @Flag(help: "Only say what has run and what has not.")
    var status = false

    func run() async throws {
        try await OneTask.run("migrate", asOwner: true) { wiring in
            let migrator = try Migrator(wiring.database, logger: wiring.logger)
            if status {
                let all = try await migrator.status()
                for migration in all {
                    let when = migration.ranAt.map { "ran \($0)" } ?? "to run"
                    say("  \(migration.name)  \(when)")
                }
                return
            }
            let ran = try await migrator.run()
            say(ran.isEmpty ? "The schema is up to date." : "Ran \(ran.joined(separator: ", ")).")
        }
    }
}

/// A command that does one thing and ends.
enum OneTask {
    /// Opens what it needs, runs `body` and closes again, whatever happens. One that `opensSecrets`
    /// does so itself, whether there is a provider host or not.
    static func run(
        _ name: String, asOwner: Bool = false, opensSecrets: Bool = false,
        _ body: (Wiring) async throws -> Void
    ) async throws {
        var settings = try Settings.read()
        // People read what a command says; only what is wrong is logged.
        settings.running.logFormat = .text
        settings.running.logLevel = max(settings.running.logLevel, .warning)
        Observing.begin(settings, process: name)
        _ = try SecretKey.makeIfMissing(settings.key)
        try SecretKey.makeAccountsIfMissing(settings.key)
        let wiring = try Wiring(
            settings, process: name, asOwner: asOwner, isHost: opensSecrets)
        do {
            try await body(wiring)
        } catch let refusal as any Refusal {
            await wiring.close()
            throw OperatorProblem(refusal.explanation)
        } catch {
            await wiring.close()
            throw error
        }
        await wiring.close()
    }
}
