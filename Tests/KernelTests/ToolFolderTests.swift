import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

/// What mail and print programs are given holds letters with links that let people in.
@Suite struct `What a program is given` {
    /// A market whose programs are the same script: it notes the folder of what it is given as its
    /// argument of that number, that folder's mode and the file's, then that of the folder above.
    private func market(
        noting argument: String, _ body: (TestMarketplace, _ notes: String) async throws -> Void
    ) async throws {
        let tool = FileManager.default.temporaryDirectory
            .appending(path: "guildhall-noting-\(ID<Mail>())").path
        let script = """
            #!/bin/sh
            file=\(argument)
            file=${file#--file=}
            run=$(dirname "$file")
            { dirname "$run"; stat -c %a "$(dirname "$run")" "$run" "$file"; } > "$0.notes"
            if [ -n "$5" ]; then printf '%%PDF-' > "$5"; fi

            """
        try script.write(toFile: tool, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: tool)
        defer {
            for path in [tool, tool + ".notes"] {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
        try await TestMarketplace.run(settings: {
            $0.mail.host = "127.0.0.1"
            $0.mail.tool = tool
            $0.printTool = tool
        }) { try await body($0, tool + ".notes") }
    }

    private func expect(_ notes: String, in home: String) throws {
        let lines = try String(contentsOfFile: notes, encoding: .utf8).split(separator: "\n")
        #expect(lines.map(String.init) == [home, "700", "700", "600"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: home) == [])
    }

    @Test func `lies in the market's own folder when it is a letter, for nobody else to read`()
        async throws
    {
        try await market(noting: "$1") { market, notes in
            let shop = try await Shop(market)
            _ = try await shop.bought(try await shop.thing())
            try await market.tellEverybody()
            while try await market.marketplace.writeLetters() {}

            #expect(try await market.marketplace.sendMail(limit: 1) == 1)

            try expect(notes, in: market.marketplace.settings.toolFolder)
        }
    }

    @Test func `lies there when it is a page`() async throws {
        try await market(noting: "$4") { market, notes in
            _ = try await market.marketplace.printPDF("<p>x</p>")

            try expect(notes, in: market.marketplace.settings.toolFolder)
        }
    }

    @Test func `is taken away when the process that gave it was killed`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let home = kernel.settings.toolFolder
            #expect(try await kernel.sweepToolFolder() == 0)
            for (purpose, age) in [("mail", 660.0), ("print", 3600), ("mail", 540)] {
                let left = try ToolFolder(purpose, in: home)
                let file = try left.write("message", "Your link: …")
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -age)],
                    ofItemAtPath: URL(filePath: file).deletingLastPathComponent().path)
            }

            #expect(try await kernel.sweepToolFolder() == 2)

            // The youngest may be under way.
            let kept = try FileManager.default.contentsOfDirectory(atPath: home)
            #expect(kept.count == 1 && kept.allSatisfy { $0.hasPrefix("mail-") })
        }
    }
}
