import Foundation
import Kernel
import ProviderHost
import TestSupport
import Testing

@Suite struct `Modules that are programs` {
    private static let parcels =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/Plugins/Shipping/PostalParcels"

    /// The host says whether its machine keeps them off the network; one that is older does not.
    @Test(arguments: [false, true, nil])
    func `are said not to be walled off where their machine permits no walls`(
        _ areApart: Bool?
    ) async throws {
        let programs = ModuleCatalog(folder: Self.parcels)
        #expect(programs.hasPrograms, "\(programs.refused)")

        try await Office.run { office in
            let catalog = office.market.marketplace.providers.catalog
            let title = "Programs that are not walled off"
            catalog.mirror(catalog.listed, refused: [], areProgramsApart: areApart)
            #expect(try await !office.get("/providers").text.contains(title), "there are none")
            catalog.mirror(
                catalog.listed + programs.listed, refused: [], areProgramsApart: areApart)

            let isOpen = areApart == false
            #expect(try await office.get("/providers").text.contains(title) == isOpen)
            let answer = try await office.get("/api/v1/provider-modules")
            #expect(answer.value("hasOpenPrograms") == "\(isOpen)", "\(answer.text)")
        }
    }

    /// A library is the process's own code: no list of hosts holds for what it does by itself.
    @Test func `are told apart from libraries, which have to be trusted`() async throws {
        let folder = NSTemporaryDirectory() + "guildhall-library-\(UUID().uuidString)"
        let files = FileManager.default
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? files.removeItem(atPath: folder) }
        let program = try files.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let products = program.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        try files.createSymbolicLink(
            atPath: folder + "/libTableRateShipping.so",
            withDestinationPath: products + "/libTableRateShipping.so")
        let (programs, libraries) = (
            ModuleCatalog(folder: Self.parcels), ModuleCatalog(folder: folder)
        )

        try await Office.run { office in
            let catalog = office.market.marketplace.providers.catalog
            let known = catalog.listed
            for (listed, isThere) in [(programs.listed, false), (libraries.listed, true)] {
                catalog.mirror(known + listed, refused: [])

                let page = try await office.get("/providers").text
                #expect(page.contains("Modules in Swift are trusted") == isThere)
                let answer = try await office.get("/api/v1/provider-modules")
                #expect(answer.value("hasLibraries") == "\(isThere)", "\(answer.text)")
            }
        }
    }
}
