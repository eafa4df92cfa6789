import Foundation
import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Printing by a program` {
    /// A market whose printing program is a shell script with these lines; `$5` is where the print
    /// belongs.
    private func market(
        printingBy lines: String, within deadline: Duration = .seconds(20),
        _ body: (Marketplace) async throws -> Void
    ) async throws {
        let tool = FileManager.default.temporaryDirectory
            .appending(path: "guildhall-printer-\(ID<Marketplace>())").path
        try ("#!/bin/sh\n" + lines + "\n").write(
            toFile: tool, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: tool)
        defer { try? FileManager.default.removeItem(atPath: tool) }
        try await TestMarketplace.run(settings: {
            $0.printTool = tool
            $0.printDeadline = deadline
        }) { try await body($0.marketplace) }
    }

    @Test func `gives back what the program made of the page`() async throws {
        try await market(printingBy: "{ printf '%%PDF-'; cat \"$4\"; } > \"$5\"") { market in
            let print = try await market.printPDF("<p>€</p>")

            #expect(print == Array("%PDF-<p>€</p>".utf8))
        }
    }

    @Test(arguments: ["exit 3", "echo no print > \"$5\"", "true", "kill -9 $$"])
    func `refuses what is no print, however the program ends`(_ lines: String) async throws {
        try await market(printingBy: lines) { market in
            await #expect(throws: PrintRefusal.failed) { try await market.printPDF("<p>x</p>") }
        }
    }

    @Test func `ends a program that hangs, with what it started`() async throws {
        try await market(printingBy: "sleep 300 & sleep 300", within: .milliseconds(300)) {
            market in
            let began = ContinuousClock.now

            await #expect(throws: PrintRefusal.failed) { try await market.printPDF("<p>x</p>") }

            #expect(ContinuousClock.now - began < .seconds(60))
        }
    }

    @Test func `says what to install when the program is not there`() async throws {
        try await TestMarketplace.run(settings: { $0.printTool = "/nowhere/weasyprint" }) {
            market in
            await #expect(throws: PrintRefusal.noTool) {
                try await market.marketplace.printPDF("<p>x</p>")
            }
            #expect(PrintRefusal.noTool.explanation.contains("apt-get install weasyprint"))
        }
    }
}
