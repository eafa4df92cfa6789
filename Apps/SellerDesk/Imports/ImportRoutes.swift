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
    struct KeptPath: Described { let kept: ID<KeptImport> }

    func mount(on routes: Routes) {
        routes.get("/imports").show(as: Member.self, needing: [.editListings]) { _, _ in
            .page("imports", ImportPage(), title: localized("Import"))
        }
        routes.post("/imports").form(ImportForm.self).files(upTo: KeptImport.bytesMax)
            .show(as: Member.self, needing: [.editListings], again: again, use: create)
        routes.post("/imports/{kept}").path(KeptPath.self).onlyOnce()
            .show(as: Member.self, needing: [.editListings], use: confirm)
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
        options.pictures = Dictionary(
            call.files.filter { $0.field == "pictures" }.map { ($0.fileName, $0.bytes) }
        ) { first, _ in first }
        guard call.form.dryRun else {
            let report = try await call.marketplace.importCatalogue(
                file.bytes, options, as: member.membership)
            return Self.page(ImportPage(report, call.form.currency))
        }
        let preview = try await call.marketplace.previewImport(
            file.bytes, options, as: member.membership)
        return Self.page(ImportPage(preview.report, call.form.currency, kept: preview.kept))
    }

    /// What was looked at is imported, from the file that came then.
    @Sendable private func confirm(
        _ call: PageCall<KeptPath, Nothing, Nothing>, _ member: Member
    ) async throws -> PageAnswer {
        do {
            let report = try await call.marketplace.importKept(
                call.path.kept, as: member.membership)
            return Self.page(ImportPage(report))
        } catch ImportRefusal.over {
            return .page(
                "imports", ImportPage(warning: ImportRefusal.over.localizedExplanation),
                title: localized("Import"), status: .notFound)
        }
    }

    @Sendable private func again(_ again: Again, _ member: Member) -> PageAnswer {
        Self.page(ImportPage(warning: again.explanation))
    }

    private static func page(_ page: ImportPage) -> PageAnswer {
        .page("imports", page, title: localized("Import"))
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

    struct Confirmation {
        let action: String
        /// `Import these 12 things`
        let words: String
    }

    let warning: String?
    let currencies: [Choice]
    let hasReport: Bool
    let headline: String
    let isDryRun: Bool
    /// Imports what was looked at; nil when the file has to be chosen once more, or there is
    /// nothing in it to import.
    let confirmation: Confirmation?
    let isUnchanged: Bool
    let asksAgain: Bool
    let created: Int
    let updated: Int
    let unchanged: Int
    let skipped: Int
    /// Nil for none.
    let putOnSale: String?
    let takenOffSale: String?
    let notes: [Note]
    let hasNotes: Bool

    /// - Parameters:
    ///   - currency: the one that is chosen for the next file.
    ///   - kept: where the market has the file of a preview.
    init(
        _ report: ImportReport? = nil, _ currency: Currency = .eur, kept: ID<KeptImport>? = nil,
        warning: String? = nil
    ) {
        self.warning = warning
        currencies = Choice.currencies(chosen: currency.code)
        hasReport = report != nil
        isDryRun = report?.isDryRun ?? false
        let changes = report?.changeCount ?? 0
        confirmation = kept.map {
            Confirmation(
                action: "/imports/\($0)",
                words: changes == 1
                    ? localized("Import this thing") : localized("Import these \(changes) things"))
        }
        isUnchanged = isDryRun && changes == 0
        asksAgain = isDryRun && changes > 0 && kept == nil
        headline = isDryRun ? localized("What would happen") : localized("What happened")
        created = report?.created ?? 0
        updated = report?.updated ?? 0
        unchanged = report?.unchanged ?? 0
        skipped = report?.skipped ?? 0
        func some(_ count: Int?) -> String? { count.flatMap { $0 > 0 ? "\($0)" : nil } }
        putOnSale = some(report?.putOnSale)
        takenOffSale = some(report?.takenOffSale)
        notes = (report?.notes ?? []).map {
            Note(
                line: $0.line, handle: $0.handle ?? "", column: $0.column ?? "",
                message: $0.message, isError: $0.severity == .error)
        }
        hasNotes = !notes.isEmpty
    }
}
