import Kernel
import ProviderKit
import Vocabulary
import Web

/// Applying, and what a shop says about itself, for programs.
struct ShopAPI {
    struct ProfileBody: Described {
        let name: String
        /// The last part of the shop's address; made of the name when it is left out.
        let slug: String?
        let about: String?
        let country: String
        let legalName: String?
        let vatNumber: String?
        /// Where parcels start.
        let origin: AddressInput?

        static let rules: [String: [Rule]] = [
            "name": [.length(2...120)], "slug": [.length(2...60), .pattern(.slug)],
            "about": [.length(0...10_000)], "country": [.pattern(.country)],
            "legalName": [.length(0...200)], "vatNumber": [.length(0...20)],
        ]

        var kernel: SellerProfile {
            SellerProfile(
                name: name, slug: slug, about: about, country: country, legalName: legalName,
                vatNumber: vatNumber, origin: origin?.address)
        }
    }

    struct NewDocument: Described {
        enum Kind: String, Codable, Sendable, CaseIterable {
            case identity, address, business, tax, other
        }
        let kind: Kind
        let fileName: String
        /// The file, base64: PDF, JPEG or PNG of at most 10 MB.
        let content: String

        static let rules: [String: [Rule]] = [
            "fileName": [.length(1...200)], "content": [.length(4...14_000_000)],
        ]
    }

    func mount(on api: API) {
        let tag = "Shop"
        api.post("/shops", "Apply to sell", tag: tag)
            .about("You become its owner; it has a platform balance as its default wallet.")
            .body(ProfileBody.self).refuses(.conflict).onlyOnce().succeeds(with: .created)
            .handle(as: SignedIn.self) { call, person in
                ShopAnswer(
                    try await call.marketplace.applyToSell(
                        call.body.kernel, by: person.account.id))
            }
        api.get("/glance", "What waits in the shop, and what it sold in thirty days", tag: tag)
            .about("Counts stop at a hundred. Days are UTC, by when an order was paid.")
            .handle(as: Member.self, needing: [.readOrders]) { call, member in
                GlanceAnswer(try await call.marketplace.glance(as: member.membership))
            }
        api.get("/shops", "The shops that you work for", tag: tag).openToScopes()
            .handle(as: SignedIn.self) { call, person in
                Listed(
                    items: try await call.request.shops(of: person.account)
                        .map { MembershipAnswer($0) }, next: nil)
            }
        api.get("/shop", "The shop that you are working on", tag: tag)
            .handle(as: Member.self) { call, member in
                ShopAnswer(try await call.marketplace.seller(member.seller))
            }
        api.put("/shop", "Change what it says about itself", tag: tag)
            .body(ProfileBody.self).refuses(.conflict)
            .handle(as: Member.self, needing: [.editProfile]) { call, member in
                ShopAnswer(
                    try await call.marketplace.editProfile(
                        call.body.kernel, as: member.membership))
            }
        HolidayRoutes().mount(on: api, tag: tag)
        DestinationRoutes().mount(on: api, tag: tag)
        PolicyRoutes().mount(on: api, tag: tag)
        api.get("/shop/history", "Who moved it from where to where, and why", tag: tag)
            .handle(as: Member.self, needing: [.editProfile]) { call, member in
                Listed(
                    items: try await call.marketplace.transitions(of: member.seller)
                        .map { TransitionAnswer($0) }, next: nil)
            }
        api.get("/shop/documents", "What was shown to be verified", tag: tag)
            .handle(as: Member.self, needing: [.editProfile]) { call, member in
                Listed(
                    items: try await call.marketplace.documents(of: member.seller)
                        .map { DocumentAnswer($0) }, next: nil)
            }
        api.post("/shop/documents", "Show a document", tag: tag)
            .body(NewDocument.self, upTo: 15_000_000)
            .refuses(.tooLarge, .unsupportedType, .conflict).onlyOnce()
            .succeeds(with: .created)
            .handle(as: Member.self, needing: [.editProfile], use: addDocument)
        api.post("/shop/submission", "Send in the application", tag: tag)
            .refuses(.conflict)
            .handle(as: Member.self, needing: [.editProfile]) { call, member in
                ShopAnswer(try await call.marketplace.submitSeller(as: member.membership))
            }
    }

    @Sendable private func addDocument(
        _ call: Call<Nothing, Nothing, NewDocument>, _ member: Member
    ) async throws -> DocumentAnswer {
        guard let content = bytes(base64: call.body.content) else {
            throw MediaRefusal.documentUnsupported
        }
        return DocumentAnswer(
            try await call.marketplace.addDocument(
                SellerDocument.Kind(rawValue: call.body.kind.rawValue) ?? .other,
                fileName: call.body.fileName, bytes: content, as: member.membership))
    }
}
