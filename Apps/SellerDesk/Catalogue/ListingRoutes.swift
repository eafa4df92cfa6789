import Kernel
import Vocabulary
import Web

/// What the shop offers, for people.
struct ListingRoutes {
    func mount(on routes: Routes) {
        routes.get("/listings").query(ListingsQuery.self)
            .show(as: Member.self, needing: [.readListings]) { call, member in
                let page = try await call.marketplace.listings(
                    in: call.query.state, containing: call.query.text, as: member.membership,
                    call.query.list.page())
                return .page(
                    "listings",
                    ListingsPage(
                        page, state: call.query.state, text: call.query.text,
                        mayEdit: member.membership.may(.editListings)), title: localized("Listings")
                )
            }
        routes.get("/listings/new").show(as: Member.self, needing: [.editListings]) {
            call, member in
            .page(
                "listing", ListingPage(new: try await .read(call.marketplace, member)),
                title: localized("New listing"))
        }
        routes.post("/listings").form(ListingForm.self).onlyOnce()
            .show(as: Member.self, needing: [.editListings], again: newAgain, use: create)
        routes.get("/listings/{listing}").path(ListingPath.self)
            .show(as: Member.self, needing: [.readListings]) { call, member in
                let details = try await call.marketplace.listing(
                    call.path.listing, as: member.membership)
                return .page(
                    "listing",
                    ListingPage(
                        details,
                        try await .read(
                            call.marketplace, member, in: details.listing.category),
                        mayEdit: member.membership.may(.editListings),
                        storefront: call.marketplace.settings.storefrontURL),
                    title: details.listing.title)
            }
        routes.post("/listings/{listing}").path(ListingPath.self).form(ListingForm.self)
            .show(as: Member.self, needing: [.editListings], again: editAgain, use: update)
        mountStates(on: routes)
    }

    private func mountStates(on routes: Routes) {
        routes.post("/listings/{listing}/publication").path(ListingPath.self)
            .show(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.publishListing(
                    call.path.listing, as: member.membership)
                return .seeOther(
                    Links.listing(call.path.listing),
                    notice: member.shop.state == .verified
                        ? localized("It is for sale.")
                        : localized("It is published, and for sale once you are verified.")
                )
            }
        routes.post("/listings/{listing}/draft").path(ListingPath.self)
            .show(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.unpublishListing(
                    call.path.listing, as: member.membership)
                return .seeOther(
                    Links.listing(call.path.listing), notice: localized("It is a draft."))
            }
        routes.post("/listings/{listing}/archiving").path(ListingPath.self)
            .show(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.archiveListing(
                    call.path.listing, as: member.membership)
                return .seeOther(Links.listings, notice: localized("It is put away."))
            }
    }

    private func create(
        _ call: PageCall<Nothing, Nothing, ListingForm>, _ member: Member
    ) async throws -> PageAnswer {
        var draft = try call.form.draft(changing: nil)
        draft.attributes = try await FittingAttributes(call.form, call.marketplace).said
        let details = try await call.marketplace.createListing(draft, as: member.membership)
        return .seeOther(
            Links.listing(details.listing.id),
            notice: localized("The draft is saved. Add pictures, then publish it."))
    }

    private func update(
        _ call: PageCall<ListingPath, Nothing, ListingForm>, _ member: Member
    ) async throws -> PageAnswer {
        let present = try await call.marketplace.listing(
            call.path.listing, as: member.membership)
        let fitting = try await FittingAttributes(call.form, call.marketplace)
        var draft = try call.form.draft(changing: present)
        draft.attributes = fitting.said
        try await call.marketplace.editListing(
            call.path.listing, draft, as: member.membership)
        return .seeOther(Links.listing(call.path.listing), notice: fitting.notice)
    }

    @Sendable private func newAgain(_ again: Again, _ member: Member) async throws -> PageAnswer {
        var page = ListingPage(new: try await .read(again.request.marketplace, member))
        page.fill(again)
        return .page("listing", page, title: localized("New listing"))
    }

    @Sendable private func editAgain(_ again: Again, _ member: Member) async throws -> PageAnswer {
        guard let id = again.request.parameters["listing"].flatMap({ ID<Listing>($0) }) else {
            throw ListingRefusal.unknown
        }
        let details = try await again.request.marketplace.listing(id, as: member.membership)
        var page = ListingPage(
            details,
            try await .read(again.request.marketplace, member, in: details.listing.category),
            mayEdit: true, storefront: again.request.marketplace.settings.storefrontURL)
        page.fill(again)
        return .page("listing", page, title: details.listing.title)
    }
}
