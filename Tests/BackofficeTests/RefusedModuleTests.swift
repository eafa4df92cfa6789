import Foundation
import Kernel
import ProviderHost
import ProviderKit
import TestSupport
import Testing

@Suite struct `A file of the modules folder that was not taken` {
    @Test func `is shown with the reason, on the page and in the API`() async throws {
        let folder = NSTemporaryDirectory() + "guildhall-refused-\(UUID().uuidString)"
        let files = FileManager.default
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? files.removeItem(atPath: folder) }
        try Data("no library <b>at all</b>".utf8).write(
            to: URL(fileURLWithPath: folder + "/libBroken.so"))
        let refused = try #require(ModuleCatalog(folder: folder).refused.first)
        #expect(refused.file == "libBroken.so" && !refused.reason.isEmpty)

        try await Office.run { office in
            #expect(try await office.get("/providers").text.contains("libBroken.so") == false)
            let catalog = office.market.marketplace.providers.catalog
            catalog.mirror(catalog.listed, refused: [refused])

            let page = try await office.get("/providers")
            #expect(page.status == 200)
            #expect(page.text.contains("Files that were not taken"))
            #expect(page.text.contains("libBroken.so"))
            let answer = try await office.get("/api/v1/provider-modules")
            #expect(answer.value("refused.0.file") == "libBroken.so", "\(answer.text)")
            #expect(answer.value("refused.0.reason") == refused.reason)
        }
    }

    @Test func `because it speaks another contract version is shown with both versions`()
        async throws
    {
        let folder = NSTemporaryDirectory() + "guildhall-outdated-\(UUID().uuidString)"
        let files = FileManager.default
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? files.removeItem(atPath: folder) }
        // The test program lies beside the modules.
        let program = try files.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let products = program.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        try files.createSymbolicLink(
            atPath: folder + "/libOutdatedModule.so",
            withDestinationPath: products + "/libOutdatedModule.so")
        let refused = try #require(ModuleCatalog(folder: folder).refused.first)

        try await Office.run { office in
            let catalog = office.market.marketplace.providers.catalog
            catalog.mirror(catalog.listed, refused: [refused])

            let sentence =
                "It speaks contract version 999, this Guildhall speaks \(providerContractVersion)."
            let page = try await office.get("/providers")
            #expect(page.text.contains("libOutdatedModule.so"))
            #expect(page.text.contains(sentence))
            let answer = try await office.get("/api/v1/provider-modules")
            #expect(answer.value("refused.0.file") == "libOutdatedModule.so", "\(answer.text)")
            #expect(answer.value("refused.0.reason") == sentence)
        }
    }
}
