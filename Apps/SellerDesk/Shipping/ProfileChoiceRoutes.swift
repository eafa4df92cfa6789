import Kernel
import Vocabulary
import Web

/// The shipping profile of many listings at once, for people and programs.
struct ProfileChoiceRoutes {
    struct Query: Described {
        let after: String?
        static let rules: [String: [Rule]] = ["after": [.length(1...400)]]
    }

    struct Form: Described {
        struct Row: Described {
            let listing: ID<Listing>
            let isChosen: Bool?
        }

        let after: String?
        /// Blank for the default.
        let profile: ID<ShippingProfile>?
        /// Whether every listing of the page is meant, ticked or not.
        let isForAll: Bool?
        let rows: [Row]
        static let rules: [String: [Rule]] = [
            "after": [.length(0...400)], "rows": [.count(0...ShippedListing.countMax)],
        ]

        var listings: [ID<Listing>] {
            rows.filter { isForAll == true || $0.isChosen == true }.map(\.listing)
        }
    }

    struct Body: Described {
        let shippingProfileId: ID<ShippingProfile>?
        let listingIds: [ID<Listing>]
        static let rules: [String: [Rule]] = [
            "shippingProfileId": [.about("Left out, the shop's default.")],
            "listingIds": [.count(1...ShippedListing.countMax)],
        ]
    }

    struct ChangedAnswer: Codable, Sendable {
        /// How many went by another one before.
        let changed: Int
    }

    func mount(on routes: Routes) {
        routes.get("/listings/shipping").query(Query.self)
            .show(as: Member.self, needing: [.editListings]) { call, member in
                .page(
                    "listing-profiles",
                    try await page(call.marketplace, after: call.query.after, member),
                    title: localized("Shipping profiles of your listings"))
            }
        routes.post("/listings/shipping").form(Form.self)
            .show(as: Member.self, needing: [.editListings], again: again, use: choose)
        routes.api.put(
            "/listings/shipping-profile", "Choose a shipping profile for many listings",
            tag: "Shipping profiles"
        )
        .about("All of them or none. Checkouts that are open keep what they were quoted.")
        .body(Body.self).refuses(.missing, .conflict)
        .handle(as: Member.self, needing: [.editListings]) { call, member in
            ChangedAnswer(
                changed: try await call.marketplace.chooseShippingProfile(
                    call.body.shippingProfileId, for: call.body.listingIds, as: member.membership))
        }
    }

    private func choose(
        _ call: PageCall<Nothing, Nothing, Form>, _ member: Member
    ) async throws -> PageAnswer {
        let path = Self.path(after: call.form.after)
        let listings = call.form.listings
        guard !listings.isEmpty else {
            throw InputRefusal(.wrong("Tick the listings first."), field: "rows")
        }
        let changed = try await call.marketplace.chooseShippingProfile(
            call.form.profile, for: listings, as: member.membership)
        return .seeOther(
            path,
            notice: changed == 0
                ? localized("Nothing was changed.")
                : Format.count(changed, "listing is changed.", "listings are changed."))
    }

    private static func path(after: String?) -> String {
        guard let after, (try? Cursor.open(after)) != nil else { return "/listings/shipping" }
        return "/listings/shipping?after=\(after)"
    }

    private func page(
        _ marketplace: Marketplace, after: String?, _ member: Member
    ) async throws -> ListingProfilesPage {
        let list = ListQuery(after: after.flatMap { $0.isEmpty ? nil : $0 }, limit: 50)
        return ListingProfilesPage(
            try await marketplace.shippedListings(as: member.membership, try list.page()),
            try await marketplace.shippingProfiles(
                as: member.membership, PageRequest(limit: ShippingProfile.countMax)
            ).items, after: after ?? "")
    }

    @Sendable private func again(_ again: Again, _ member: Member) async throws -> PageAnswer {
        var shown = try await page(
            again.request.marketplace, after: again.values["after"], member)
        shown.fill(again)
        return .page(
            "listing-profiles", shown, title: localized("Shipping profiles of your listings"))
    }
}

/// The model of `listing-profiles.mustache`.
struct ListingProfilesPage {
    struct Row {
        let number: Int
        let listing: String
        let title: String
        let link: String
        let profile: String
        var isChosen = false
    }

    let after: String
    var rows: [Row]
    let isEmpty: Bool
    var profiles: [Choice]
    let hasProfiles: Bool
    var isForAll = false
    let next: String?
    var warning: String?

    private let known: [ShippingProfile]

    init(
        _ page: Kernel.Page<ShippedListing>, _ profiles: [ShippingProfile], after: String
    ) {
        self.after = after
        known = profiles
        let names = Dictionary(profiles.map { ($0.id, $0.name) }) { first, _ in first }
        rows = page.items.enumerated().map { number, listing in
            Row(
                number: number, listing: listing.id.description, title: listing.title,
                link: Links.listing(listing.id),
                profile: listing.profile.flatMap { names[$0] } ?? localized("The default"))
        }
        isEmpty = rows.isEmpty
        self.profiles = Choice.profiles(profiles, chosen: nil)
        hasProfiles = !profiles.isEmpty
        next = page.next.map { "/listings/shipping?after=\(Cursor.seal($0))" }
    }

    /// What was ticked and chosen, where it still is.
    mutating func fill(_ again: Again) {
        warning = again.explanation
        profiles = Choice.profiles(known, chosen: again.values["profile"])
        isForAll = again.values["isForAll"] == "true"
        let ticked = Set(
            (0..<ShippedListing.countMax).compactMap { number in
                again.values["rows.\(number).isChosen"] == "true"
                    ? again.values["rows.\(number).listing"] : nil
            })
        for index in rows.indices { rows[index].isChosen = ticked.contains(rows[index].listing) }
    }
}
