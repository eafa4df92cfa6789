import Hummingbird
import Kernel
import NIOCore
import Vocabulary
import Web

/// Catalogues in and out, for people.
struct ImportRoutes {
    struct ImportForm: Described {
        let currency: Currency
        let dryRun: Bool
    }

    /// The file and the pictures that come with it.
    private static let formMax = 60 << 20

    func mount(on routes: Routes) {
        routes.get("/imports").show(as: Member.self, needing: [.editListings]) { _, _ in
            .page("imports", ImportPage(), title: localized("Import"))
        }
        routes.post("/imports").form(ImportForm.self).files(upTo: Self.formMax)
            .show(as: Member.self, needing: [.editListings], again: again, use: create)
        routes.get("/export").closedOnBehalf().show(as: Member.self, needing: [.readListings]) {
            call, member in
            let csv = try await call.marketplace.exportCatalogue(as: member.membership)
            return .response(
                Response(
                    status: .ok,
                    headers: [
                        .contentType: "text/csv; charset=utf-8", .cacheControl: "no-store",
                        .contentDisposition: "attachment; filename=\"catalogue.csv\"",
                    ], body: .init(byteBuffer: ByteBuffer(bytes: csv))))
        }
    }

    @Sendable private func create(
        _ call: PageCall<Nothing, Nothing, ImportForm>, _ member: Member
    ) async throws -> PageAnswer {
        guard let file = call.files.first(where: { $0.field == "file" }) else {
            throw InputRefusal(.wrong("Choose a file first."), field: "file")
        }
        var options = ImportOptions()
        options.currency = call.form.currency
        options.isDryRun = call.form.dryRun
        options.pictures = Dictionary(
            call.files.filter { $0.field == "pictures" }.map { ($0.fileName, $0.bytes) }
        ) { first, _ in first }
        let report = try await call.marketplace.importCatalogue(
            file.bytes, options, as: member.membership)
        return .page("imports", ImportPage(report, call.form.currency), title: localized("Import"))
    }

    @Sendable private func again(_ again: Again, _ member: Member) -> PageAnswer {
        .page("imports", ImportPage(warning: again.explanation), title: localized("Import"))
    }
}

/// The model of `imports.mustache`.
struct ImportPage {
    struct Note {
        let line: Int
        let handle: String
        let column: String
        let message: String
        let isError: Bool
    }

    let warning: String?
    let currencies: [Choice]
    let hasReport: Bool
    let headline: String
    let isDryRun: Bool
    let created: Int
    let updated: Int
    let unchanged: Int
    let skipped: Int
    let notes: [Note]
    let hasNotes: Bool

    init(warning: String? = nil) { self.init(nil, .eur, warning: warning) }

    init(_ report: ImportReport?, _ currency: Currency, warning: String? = nil) {
        self.warning = warning
        currencies = Choice.currencies(chosen: currency.code)
        hasReport = report != nil
        isDryRun = report?.isDryRun ?? false
        headline = isDryRun ? localized("What would happen") : localized("What happened")
        created = report?.created ?? 0
        updated = report?.updated ?? 0
        unchanged = report?.unchanged ?? 0
        skipped = report?.skipped ?? 0
        notes = (report?.notes ?? []).map {
            Note(
                line: $0.line, handle: $0.handle ?? "", column: $0.column ?? "",
                message: $0.message, isError: $0.severity == .error)
        }
        hasNotes = !notes.isEmpty
    }
}
