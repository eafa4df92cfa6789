import Foundation
import Kernel
import Vocabulary

extension Seeding {
    /// The shop's catalogue with its pictures, imported as its owner would and published.
    func stock(
        _ member: SellerMember, _ shop: DemoMarket.Shop, isFirst: Bool
    ) async throws {
        // Who sold something has less stock than the file says: a second import would refill it.
        // What was never published has sold nothing.
        let begun = try await marketplace.listings(in: isFirst ? .published : nil, as: member)
        guard begun.items.isEmpty else {
            if isFirst { try await publishAll(member) }
            return
        }
        let path = folder + "/" + shop.catalogue
        var options = ImportOptions()
        options.pictures = try pictures(beside: path)
        let report = try await marketplace.importCatalogue(
            try bytes(of: path), options, as: member)
        if let note = report.errors.first {
            throw OperatorProblem("\(path):\(note.line): \(note.message)")
        }
        try await publishAll(member)
        let count = report.created + report.updated + report.unchanged
        say("  \(shop.name): \(count) things, \(options.pictures.count) pictures")
    }

    private func publishAll(_ member: SellerMember) async throws {
        // A page at a time from the start: what is published leaves the list of drafts.
        while true {
            let drafts = try await marketplace.listings(in: .draft, as: member)
            guard !drafts.items.isEmpty else { return }
            for listing in drafts.items {
                try await marketplace.publishListing(listing.id, as: member)
            }
        }
    }

    /// The files of `pictures` beside a catalogue, by name.
    private func pictures(beside catalogue: String) throws -> [String: [UInt8]] {
        let folder = URL(fileURLWithPath: catalogue).deletingLastPathComponent()
            .appendingPathComponent("pictures").path
        var found: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder)
        where !name.hasPrefix(".") {
            found[name] = try bytes(of: folder + "/" + name)
        }
        return found
    }
}
