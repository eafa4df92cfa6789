import ArgumentParser
import Foundation
import Kernel
import ProviderKit

/// `guildhall key rotate` and `guildhall key forget`
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "The key under which providers' secrets are stored.",
        subcommands: [Rotate.self, Forget.self])

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate",
            abstract: "Makes a new key and stores every provider's secrets under it.",
            discussion: """
                The market goes on meanwhile: the key before stays in the file, and every process \
                reads the new one when it meets it. One that is killed goes on when it is run \
                again. A key from GUILDHALL_SECRET_KEY is made by hand: put the new one before \
                the old one with a comma between, restart, and run this.
                """)

        func run() async throws {
            try await OneTask.run("key rotate", opensSecrets: true) { wiring in
                let key = wiring.settings.key
                if try await wiring.marketplace.isKeyRotationUnfinished() {
                    say("Some secrets are not under the newest key yet: going on with those.")
                } else if key.hex != nil {
                    throw OperatorProblem(
                        "Every secret is under the first key of GUILDHALL_SECRET_KEY; put a new "
                            + "one before it with a comma between.")
                } else {
                    let ring = try SecretKey.read(key)
                    try SecretKey.write(
                        [randomBytes(SecretKey.byteCount)] + ring, to: key.file)
                    try Self.renewAccounts(key)
                    say("A new key is in \(key.file), before the old one.")
                }
                var count = 0
                while let instance = try await wiring.marketplace.resealNextSecrets() {
                    count += 1
                    say("  \(instance)")
                }
                var people = 0
                while try await wiring.marketplace.resealNextSecondFactor() { people += 1 }
                if people > 0 { say("The second factors of \(people) people, too.") }
                say(
                    "The secrets of \(count) providers were put under the newest key. Backups "
                        + "need the old one still; guildhall key forget drops it.")
            }
        }

        /// The apps' own keys are changed with the providers', where they stand in a file.
        private static func renewAccounts(_ key: Settings.Key) throws {
            guard FileManager.default.fileExists(atPath: key.accountsFile) else { return }
            try SecretKey.write(
                [randomBytes(SecretKey.byteCount)] + SecretKey.accounts(key),
                to: key.accountsFile)
        }
    }

    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "forget",
            abstract: "Drops the keys before the newest, when nothing is under them any more.")

        func run() async throws {
            try await OneTask.run("key forget", opensSecrets: true) { wiring in
                let key = wiring.settings.key
                guard key.hex == nil else {
                    throw OperatorProblem(
                        "The key comes from GUILDHALL_SECRET_KEY: take the old ones out there.")
                }
                var dropped = 0
                try await wiring.marketplace.forgetOldKeys {
                    let ring = try SecretKey.read(key)
                    dropped = ring.count - 1
                    try SecretKey.write([ring[0]], to: key.file)
                    if FileManager.default.fileExists(atPath: key.accountsFile) {
                        try SecretKey.write(
                            [try SecretKey.accounts(key)[0]], to: key.accountsFile)
                    }
                }
                say("\(dropped) old keys were dropped from \(key.file).")
            }
        }
    }
}
