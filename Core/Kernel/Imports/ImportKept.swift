import Postgres
import Vocabulary

extension Marketplace {
    /// Says what importing a file would do, and keeps the file for an hour so that nobody has to
    /// send it a second time, see ``importKept(_:as:)``. A shop has one kept; the next file takes
    /// its place.
    /// - Throws: what ``importCatalogue(_:_:as:)`` throws.
    public func previewImport(
        _ bytes: [UInt8], _ options: ImportOptions, as member: SellerMember
    ) async throws -> ImportPreview {
        var dry = options
        dry.isDryRun = true
        let report = try await importCatalogue(bytes, dry, as: member)
        var wet = options
        wet.isDryRun = false
        let kept = KeptImport(file: bytes, options: wet)
        guard report.changeCount > 0, kept.byteCount <= KeptImport.bytesMax else {
            return ImportPreview(report: report, kept: nil)
        }
        let id = ID<KeptImport>()
        let isKept = try await database.transaction { tx in
            try await tx.keptImports.save(kept, as: id, of: member.seller)
        }
        return ImportPreview(report: report, kept: isKept ? id : nil)
    }

    /// Imports what was kept by ``previewImport(_:_:as:)``, for whoever of the shop asks first.
    /// Should that fail, it stays kept.
    /// - Throws: ``ImportRefusal/over`` for a second time, after an hour, and for what is not that
    ///   shop's; what ``importCatalogue(_:_:as:)`` throws.
    public func importKept(
        _ id: ID<KeptImport>, as member: SellerMember
    ) async throws -> ImportReport {
        try member.require(.editListings)
        let kept = try await database.transaction { tx in
            try await tx.keptImports.take(id, of: member.seller)
        }
        guard let kept else { throw ImportRefusal.over }
        let report: ImportReport
        do {
            report = try await importCatalogue(kept.file, kept.options, as: member)
        } catch {
            try await database.keptImports.giveBack(id, of: member.seller)
            throw error
        }
        try await database.keptImports.delete(id, of: member.seller)
        return report
    }
}
