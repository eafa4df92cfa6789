import ArgumentParser
import Glibc
import Kernel
import ProviderKit

/// `guildhall admin create`
struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin", abstract: "The people of the back office.",
        subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Gives somebody a role in the back office, with an account if needed.",
            discussion: """
                Without --password the password is read from standard input; when that is a \
                terminal, one is made and shown once.
                """)

        @Option(help: "The e-mail address.")
        var email: String
        @Option(help: "The person's name.")
        var name = "Administrator"
        @Option(help: "administrator, support, finance or catalogue.")
        var role = AdminRole.administrator
        @Option(help: "The password of a new account; others can read it in the process list.")
        var password: String?

        func run() async throws {
            try await OneTask.run("admin") { wiring in
                let market = wiring.marketplace
                do {
                    try await market.grant(role, toEmail: email, by: nil)
                    say("\(email) has the role \(role.rawValue).")
                    return
                } catch AccountRefusal.unknown {}
                let (password, isMade) = chosenPassword()
                _ = try await market.register(
                    Registration(email: email, name: name, password: password))
                try await market.grant(role, toEmail: email, by: nil)
                say("Made an account for \(email) with the role \(role.rawValue).")
                if isMade { say("Its password, shown this once: \(password)") }
            }
        }

        private func chosenPassword() -> (password: String, isMade: Bool) {
            if let password { return (password, false) }
            if isatty(STDIN_FILENO) == 0, let line = readLine(), !line.isEmpty {
                return (line, false)
            }
            return (base64(randomBytes(15), urlSafe: true), true)
        }
    }
}

extension AdminRole: ExpressibleByArgument {}
