import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct `A process that starts after another was killed` {
    @Test func `takes away the letters that lay before a program then`() async throws {
        try await Guildhall.withDatabase { _, given, home in
            _ = try await Guildhall.run("migrate", environment: given)
            var environment = given
            environment["GUILDHALL_PROVIDER_SOCKET"] = "none"
            environment["GUILDHALL_HEALTH_PORT"] = String(Int.random(in: 31_000...32_000))
            let files = FileManager.default
            let (left, running) = (home + "/tool-runs/mail-left", home + "/tool-runs/mail-running")
            for folder in [left, running] {
                try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try Data("Your link: …".utf8).write(to: URL(filePath: folder + "/message"))
            }
            try files.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: left)

            let worker = try Guildhall.start(["work"], environment: environment)
            let isGone = try await eventually { !files.fileExists(atPath: left) }
            kill(worker.processIdentifier, SIGTERM)
            worker.waitUntilExit()

            #expect(isGone)
            #expect(files.fileExists(atPath: running + "/message"))
        }
    }
}
