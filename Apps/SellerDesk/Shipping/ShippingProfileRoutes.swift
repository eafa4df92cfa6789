import Kernel
import Vocabulary
import Web

/// What the shop takes for sending things, for people.
struct ShippingProfileRoutes {
    func mount(on routes: Routes) {
        routes.get("/shop/shipping").query(ListQuery.self)
            .show(as: Member.self, needing: [.readListings]) { call, member in
                .page(
                    "shipping",
                    ShippingPage(
                        try await call.marketplace.shippingProfiles(
                            as: member.membership, try call.query.page()),
                        commission: try await call.marketplace.commissionOnOwnShipping(
                            as: member.membership),
                        mayEdit: member.membership.may(.editListings)),
                    title: localized("Shipping profiles"))
            }
        routes.get("/shop/shipping/new")
            .show(as: Member.self, needing: [.editListings]) { call, member in
                .page(
                    "shipping-profile", try await blank(call.marketplace, member),
                    title: localized("New shipping profile"))
            }
        routes.post("/shop/shipping").form(ShippingProfileForm.self).onlyOnce()
            .show(as: Member.self, needing: [.editListings], again: newAgain) { call, member in
                let made = try await call.marketplace.createShippingProfile(
                    try call.form.draft(), as: member.membership)
                return .seeOther(
                    Links.shippingProfile(made.id), notice: localized("The profile is kept."))
            }
        routes.get("/shop/shipping/{profile}").path(ShippingProfilePath.self)
            .query(ShippingPreviewQuery.self)
            .show(as: Member.self, needing: [.editListings]) { call, member in
                let profile = try await call.marketplace.shippingProfile(
                    call.path.profile, as: member.membership)
                let shop = try await call.marketplace.seller(member.seller)
                let preview = try ShippingPreview(profile, call.query, shopCountry: shop.country)
                let commission = try await call.marketplace.commissionOnOwnShipping(
                    as: member.membership)
                return .page(
                    "shipping-profile",
                    ShippingProfilePage(profile, preview, commission: commission),
                    title: profile.name)
            }
        routes.post("/shop/shipping/{profile}").path(ShippingProfilePath.self)
            .form(ShippingProfileForm.self)
            .show(as: Member.self, needing: [.editListings], again: editAgain) { call, member in
                try await call.marketplace.editShippingProfile(
                    call.path.profile, try call.form.draft(), as: member.membership)
                return .seeOther(
                    Links.shippingProfile(call.path.profile),
                    notice: localized("The profile is changed."))
            }
        routes.post("/shop/shipping/{profile}/removal").path(ShippingProfilePath.self)
            .show(as: Member.self, needing: [.editListings]) { call, member in
                do {
                    try await call.marketplace.deleteShippingProfile(
                        call.path.profile, as: member.membership)
                } catch let refusal as ShippingProfileRefusal where refusal.reason == .conflict {
                    return .seeOther(
                        Links.shippingProfile(call.path.profile),
                        warning: refusal.localizedExplanation)
                }
                return .seeOther(Links.shipping, notice: localized("The profile is deleted."))
            }
    }

    private func blank(
        _ marketplace: Marketplace, _ member: Member
    ) async throws -> ShippingProfilePage {
        ShippingProfilePage(
            commission: try await marketplace.commissionOnOwnShipping(as: member.membership))
    }

    @Sendable private func newAgain(_ again: Again, _ member: Member) async throws -> PageAnswer {
        var page = try await blank(again.request.marketplace, member)
        page.fill(again)
        return .page("shipping-profile", page, title: localized("New shipping profile"))
    }

    @Sendable private func editAgain(_ again: Again, _ member: Member) async throws -> PageAnswer {
        guard let id = again.request.parameters["profile"].flatMap({ ID<ShippingProfile>($0) })
        else { throw ShippingProfileRefusal.unknown }
        let profile = try await again.request.marketplace.shippingProfile(
            id, as: member.membership)
        var page = ShippingProfilePage(
            profile, nil,
            commission: try await again.request.marketplace.commissionOnOwnShipping(
                as: member.membership))
        page.fill(again)
        return .page("shipping-profile", page, title: profile.name)
    }
}
