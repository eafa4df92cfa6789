import Hummingbird
import Kernel
import NIOCore
import Vocabulary
import Web

/// The way to being verified, for people.
struct ApplicationRoutes {
    /// The largest document.
    private static let documentMax = 10 << 20

    struct DocumentForm: Described { let kind: SellerDocument.Kind }

    func mount(on routes: Routes) {
        routes.get("/shop/documents").show(as: Member.self, needing: [.editProfile]) {
            call, member in try await page(call.marketplace, member, warning: nil)
        }
        routes.post("/shop/application").onlyOnce()
            .show(as: Member.self, needing: [.editProfile], again: again) { call, member in
                try await call.marketplace.submitSeller(as: member.membership)
                return .seeOther(Links.documents, notice: localized("Your application is sent in."))
            }
        routes.post("/shop/documents").form(DocumentForm.self)
            .files(upTo: Self.documentMax + 65_536).onlyOnce()
            .show(as: Member.self, needing: [.editProfile], again: again) { call, member in
                guard let file = call.files.first(where: { $0.field == "file" }) else {
                    throw InputRefusal(.wrong("Choose a file first."), field: "file")
                }
                try await call.marketplace.addDocument(
                    call.form.kind, fileName: file.fileName, bytes: file.bytes,
                    as: member.membership)
                return .seeOther(Links.documents, notice: localized("The document is added."))
            }
        routes.get("/shop/documents/{document}").path(DocumentPath.self)
            .closedOnBehalf().show(as: Member.self, needing: [.editProfile]) { call, member in
                let file = try await call.marketplace.documentFile(
                    call.path.document, of: member.seller)
                return .response(
                    Response(
                        status: .ok,
                        headers: [.contentType: file.mediaType, .cacheControl: "no-store"],
                        body: .init(byteBuffer: ByteBuffer(bytes: file.bytes))))
            }
    }

    @Sendable private func again(_ again: Again, _ member: Member) async throws -> PageAnswer {
        try await page(again.request.marketplace, member, warning: again.explanation)
    }

    private func page(
        _ marketplace: Marketplace, _ member: Member, warning: String?
    ) async throws -> PageAnswer {
        let seller = try await marketplace.seller(member.seller)
        let documents = try await marketplace.documents(of: member.seller)
        let steps = try await marketplace.transitions(of: member.seller)
        return .page(
            "application",
            ApplicationPage(
                seller, documents, steps,
                opening: try await OpeningSteps.find(seller, documents, marketplace, member),
                warning: warning),
            title: localized("Application"))
    }
}

/// The model of `application.mustache`.
struct ApplicationPage {
    struct Document {
        let link: String
        let name: String
        let kind: String
        let state: String
        let note: String?
        let date: String
    }
    struct Step {
        let label: String
        let reason: String?
        let date: String
    }

    let stateLabel: String
    let stateText: String
    let isGood: Bool
    let isBad: Bool
    let reason: String?
    let warning: String?
    let missing: [String]
    let hasMissing: Bool
    let canSubmit: Bool
    let canAdd: Bool
    let documents: [Document]
    let hasDocuments: Bool
    let steps: [Step]
    let hasSteps: Bool
    let kinds: [Choice]
    let opening: OpeningSteps?

    init(
        _ seller: Seller, _ documents: [SellerDocument], _ steps: [SellerTransition],
        opening: OpeningSteps?, warning: String?
    ) {
        self.opening = opening
        stateLabel = seller.state.label
        stateText = seller.state.words
        isGood = seller.isOpen
        isBad = [.rejected, .suspended, .closed].contains(seller.state)
        reason = isBad ? steps.first?.reason : nil
        self.warning = warning
        let isOpen = [.applied, .rejected].contains(seller.state)
        missing = isOpen ? seller.missing(documents) : []
        hasMissing = !missing.isEmpty
        canSubmit = missing.isEmpty && isOpen
        canAdd = seller.state != .closed
        self.documents = documents.map {
            Document(
                link: Links.document($0.id), name: $0.fileName,
                kind: localized(name: $0.kind.rawValue),
                state: localized(name: $0.state.rawValue), note: $0.note,
                date: Format.date($0.createdAt))
        }
        hasDocuments = !documents.isEmpty
        self.steps = steps.map {
            Step(label: $0.to.label, reason: $0.reason, date: Format.time($0.at))
        }
        hasSteps = !steps.isEmpty
        kinds = [
            Choice("identity", localized("Who I am (passport, identity card)"), chosen: nil),
            Choice("address", localized("Where I live or work"), chosen: nil),
            Choice("business", localized("My business (register entry)"), chosen: nil),
            Choice("tax", localized("My tax number"), chosen: nil),
            Choice("other", localized("Other"), chosen: nil),
        ]
    }
}
