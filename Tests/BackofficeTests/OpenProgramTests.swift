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
}
