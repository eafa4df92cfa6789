import Kernel
import Vocabulary

/// A seller in lists.
struct SellerAnswer: Codable {
    let id: ID<Seller>
    let slug: String
    let name: String
    let country: String
    let legalName: String?
    let vatNumber: String?
    let state: String
    let holdDays: Int
    let createdAt: Instant
    /// Since when it owes for refunds of what was paid out.
    let inDebtSince: Instant?
    /// Since when it is paid nothing and publishes nothing new for that.
    let restrictedAt: Instant?

    init(_ seller: Seller) {
        id = seller.id
        slug = seller.slug
        name = seller.name
        country = seller.country
        legalName = seller.legalName
        vatNumber = seller.vatNumber
        state = seller.state.rawValue
        holdDays = seller.holdDays
        createdAt = seller.createdAt
        inDebtSince = seller.inDebtSince
        restrictedAt = seller.restrictedAt
    }
}

/// Everything that there is about a seller before a decision.
struct SellerFile: Codable {
    struct Document: Codable {
        let id: ID<SellerDocument>
        let kind: String
        let fileName: String
        let mediaType: String
        let bytes: Int
        let state: String
        let note: String?
        let createdAt: Instant
    }

    /// A row that is looked at before the seller is verified; afterwards, what was ticked.
    struct Entry: Codable {
        let row: ID<ChecklistRow>
        let text: String
        let isRequired: Bool
        /// Absent while nobody has ticked it.
        let tickedAt: Instant?
        let tickedByName: String?
        let note: String?
    }

    struct Step: Codable {
        let from: String
        let to: String
        let reason: String?
        let actorName: String?
        let at: Instant
    }

    struct Balance: Codable {
        let wallet: ID<Wallet>
        let pending: Money
        let reserved: Money
        let available: Money
        let frozen: Money
        let paying: Money
        let debt: Money
    }

    let seller: SellerAnswer
    let about: String
    let origin: Address?
    let documents: [Document]
    let checklist: [Entry]
    let history: [Step]
    let balances: [Balance]

    init(_ marketplace: Marketplace, _ id: ID<Seller>) async throws {
        let seller = try await marketplace.seller(id)
        self.seller = SellerAnswer(seller)
        about = seller.about
        origin = seller.origin
        documents = try await marketplace.documents(of: id).map {
            Document(
                id: $0.id, kind: $0.kind.rawValue, fileName: $0.fileName, mediaType: $0.mediaType,
                bytes: $0.bytes, state: $0.state.rawValue, note: $0.note, createdAt: $0.createdAt)
        }
        checklist = try await marketplace.checklist(of: id).map {
            Entry(
                row: $0.row, text: $0.text, isRequired: $0.isRequired, tickedAt: $0.tick?.at,
                tickedByName: $0.tick?.byName, note: $0.tick?.note)
        }
        history = try await marketplace.transitions(of: id).map {
            Step(
                from: $0.from.rawValue, to: $0.to.rawValue, reason: $0.reason,
                actorName: $0.actorName, at: $0.at)
        }
        balances = try await marketplace.balances(of: id).map {
            Balance(
                wallet: $0.wallet, pending: $0.pending, reserved: $0.reserved,
                available: $0.available, frozen: $0.frozen, paying: $0.paying, debt: $0.debt)
        }
    }
}
