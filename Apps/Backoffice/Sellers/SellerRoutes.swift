import Hummingbird
import Kernel
import Vocabulary
import Web

/// Sellers: their documents, their history, and deciding on them.
struct SellerRoutes {
    struct SellerPath: Described { let seller: ID<Seller> }

    struct DocumentPath: Described {
        let seller: ID<Seller>
        let document: ID<SellerDocument>
    }

    struct SellerQuery: Described {
        let state: String?
        let name: String?
        let after: String?
        let limit: Int?

        static let rules: [String: [Rule]] = [
            "state": [.choice(Seller.State.allCases.map(\.rawValue))], "name": [.length(1...120)],
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]
    }

    struct Judgement: Described {
        let state: SellerDocument.State
        let note: String?
        static let rules: [String: [Rule]] = ["note": [.length(0...500)]]
    }

    struct HoldDays: Described {
        let days: Int
        let reason: String
        static let rules: [String: [Rule]] = [
            "days": [.range(0...180)], "reason": [.length(3...500)],
        ]
    }

    let desk: Desk

    func mount() {
        desk.page("/sellers", .readSellers, query: SellerQuery.self) { call, _ in
            let page = try await Self.list(call.marketplace, call.query)
            return SellerPages.list(page, call.query)
        }
        desk.page("/sellers/{seller}", .readSellers, path: SellerPath.self) { call, admin in
            try await SellerPages.show(call.marketplace, call.path.seller, admin)
        }
        reads()
        decisions()
        documents()
    }

    private func reads() {
        desk.read(
            "/sellers", "Sellers, newest first; submitted ones longest-waiting first",
            tag: "Sellers", .readSellers,
            query: SellerQuery.self
        ) { call, _ in
            Listed(try await Self.list(call.marketplace, call.query)) { SellerAnswer($0) }
        }
        desk.read(
            "/sellers/{seller}", "A seller with documents and history", tag: "Sellers",
            .readSellers, path: SellerPath.self
        ) { call, _ in
            try await SellerFile(call.marketplace, call.path.seller)
        }
    }

    private static func list(
        _ marketplace: Marketplace, _ query: SellerQuery
    ) async throws -> Kernel.Page<Seller> {
        if let name = query.name {
            return Kernel.Page(items: try await marketplace.sellers(named: name), next: nil)
        }
        let page = PageRequest(
            after: try query.after.map { try Cursor.open($0) }, limit: query.limit ?? 20)
        return try await marketplace.sellers(
            in: query.state.flatMap(Seller.State.init(rawValue:)), page)
    }

    private func decisions() {
        decide(
            "verification", "Verify a seller", done: "The seller is verified.",
            input: OptionalReason.self
        ) { market, seller, input, admin in
            try await market.verifySeller(seller, reason: input.given, by: admin)
        }
        decide(
            "rejection", "Reject an application", done: "The application is rejected.",
            input: Reason.self
        ) { market, seller, input, admin in
            try await market.rejectSeller(seller, reason: input.reason, by: admin)
        }
        decide(
            "suspension", "Suspend a seller", done: "The seller is suspended.",
            input: Reason.self
        ) { market, seller, input, admin in
            try await market.suspendSeller(seller, reason: input.reason, by: admin)
        }
        decide(
            "reinstatement", "Let a suspended seller sell again", done: "The shop is open again.",
            input: Reason.self
        ) { market, seller, input, admin in
            try await market.reinstateSeller(seller, reason: input.reason, by: admin)
        }
        decide(
            "closure", "Close a seller for good", done: "The seller is closed.",
            input: Reason.self
        ) { market, seller, input, admin in
            try await market.closeSeller(seller, reason: input.reason, by: admin)
        }
        decide(
            "hold", "Change how long money is held after delivery", done: "The hold is changed.",
            input: HoldDays.self
        ) { market, seller, input, admin in
            try await market.setHoldDays(
                of: seller, to: input.days, reason: input.reason, by: admin)
            return try await market.seller(seller)
        }
    }

    /// An act on a seller at `/sellers/{seller}/<noun>` that answers with the seller as it is then.
    private func decide<Input: Described>(
        _ noun: String, _ summary: String, done: Phrase, input: Input.Type,
        _ perform:
            @escaping @Sendable (Marketplace, ID<Seller>, Input, ID<Account>) async throws
            -> Seller
    ) {
        desk.act(
            Act<SellerPath>(
                "/sellers/{seller}/\(noun)", summary, tag: "Sellers", .decideOnSellers,
                done: done, back: { Links.seller($0.seller) }), input: Input.self
        ) { marketplace, path, input, admin in
            SellerAnswer(
                try await perform(marketplace, path.seller, input, admin.account.id))
        }
    }

    private func documents() {
        desk.act(
            Act<DocumentPath>(
                "/sellers/{seller}/documents/{document}/judgement", "Accept or reject a document",
                tag: "Sellers", .decideOnSellers, done: "The document is judged.",
                back: { Links.seller($0.seller) }), input: Judgement.self
        ) { marketplace, path, input, admin in
            try await marketplace.judgeDocument(
                path.document, of: path.seller, as: input.state, note: input.note,
                by: admin.account.id)
            return try await SellerFile(marketplace, path.seller)
        }
        desk.read(
            "/sellers/{seller}/documents/{document}/file", "The bytes of a document",
            tag: "Sellers", .decideOnSellers, path: DocumentPath.self
        ) { call, _ in
            let file = try await call.marketplace.documentFile(
                call.path.document, of: call.path.seller)
            // A browser shows it by itself, in its own viewer: no page of ours may hold a frame.
            return Download(file.bytes, type: file.mediaType)
        }
    }
}
