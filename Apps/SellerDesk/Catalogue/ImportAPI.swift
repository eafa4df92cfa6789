import Kernel
import ProviderKit
import Vocabulary
import Web

/// Whole catalogues in Shopify's product format, for programs.
struct ImportAPI {
    struct NewImport: Described {
        struct Picture: Described {
            /// As the file's `Image Src` names it, folders aside.
            let name: String
            /// The picture, base64.
            let content: String
            static let rules: [String: [Rule]] = [
                "name": [.length(1...200)], "content": [.length(4...14_000_000)],
            ]
        }
        /// The file.
        let csv: String
        /// The currency of its prices; the format has no column for it. EUR when left out.
        let currency: Currency?
        /// Only say what would happen.
        let dryRun: Bool?
        /// Publish every draft of the shop afterwards, whatever the file says of it.
        let publish: Bool?
        let pictures: [Picture]?

        static let rules: [String: [Rule]] = [
            "csv": [.length(1...20_000_000)], "pictures": [.count(0...1000)],
        ]
    }

    struct ReportAnswer: Codable, Sendable {
        struct NoteAnswer: Codable, Sendable {
            enum Severity: String, Codable, Sendable, CaseIterable {
                case error, warning, notice
            }
            let severity: Severity
            /// The line of the file, from 1; the header is line 1.
            let line: Int
            let handle: String?
            let column: String?
            let message: String
        }
        let isDryRun: Bool
        let created: Int
        let updated: Int
        let unchanged: Int
        /// Products that were left out because of an error.
        let skipped: Int
        /// Of what was changed: what was a draft, and what was published.
        let putOnSale: Int
        let takenOffSale: Int
        /// By `publish`.
        let published: Int
        let notes: [NoteAnswer]

        init(_ report: ImportReport, published: Int) {
            isDryRun = report.isDryRun
            created = report.created
            updated = report.updated
            unchanged = report.unchanged
            skipped = report.skipped
            putOnSale = report.putOnSale
            takenOffSale = report.takenOffSale
            self.published = published
            notes = report.notes.map { note in
                NoteAnswer(
                    severity: Self.severity(note.severity), line: note.line,
                    handle: note.handle, column: note.column, message: note.message)
            }
        }

        private static func severity(_ severity: ImportNote.Severity) -> NoteAnswer.Severity {
            switch severity {
            case .error: .error
            case .warning: .warning
            case .notice: .notice
            }
        }
    }

    func mount(on api: API) {
        let tag = "Import and export"
        api.post("/imports", "Import a catalogue in Shopify's product format", tag: tag)
            .about(
                "Products are known by handle, variants by options and SKU: the same file again "
                    + "changes nothing. A product with an error is left out and named by line. "
                    + "Where a row has `Published` or `Status`, a draft is put on sale by it and "
                    + "what is published taken off; what the shop archived stays so, with a "
                    + "warning."
            )
            .body(NewImport.self, upTo: 64_000_000).refuses(.unsupportedType, .conflict)
            .handle(as: Member.self, needing: [.editListings], use: create)
        api.get("/export", "Your catalogue in the same format", tag: tag).closedOnBehalf()
            .about(
                "A cell that a spreadsheet would work out as a formula begins with an apostrophe; "
                    + "the import takes it away."
            )
            .handle(as: Member.self, needing: [.readListings]) { call, member in
                Download(
                    try await call.marketplace.exportCatalogue(as: member.membership),
                    type: "text/csv; charset=utf-8", fileName: "catalogue.csv")
            }
    }

    @Sendable private func create(
        _ call: Call<Nothing, Nothing, NewImport>, _ member: Member
    ) async throws -> ReportAnswer {
        var options = ImportOptions()
        options.currency = call.body.currency ?? .eur
        options.isDryRun = call.body.dryRun ?? false
        for picture in call.body.pictures ?? [] {
            guard let content = bytes(base64: picture.content) else {
                throw MediaRefusal.unsupported
            }
            options.pictures[picture.name] = content
        }
        let report = try await call.marketplace.importCatalogue(
            Array(call.body.csv.utf8), options, as: member.membership)
        var published = 0
        if call.body.publish == true, !options.isDryRun {
            published = try await call.marketplace.publishDrafts(as: member.membership)
        }
        return ReportAnswer(report, published: published)
    }
}
