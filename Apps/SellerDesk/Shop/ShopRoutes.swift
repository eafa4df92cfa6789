import Kernel
import Vocabulary
import Web

/// The desk, the shops of a person, and a shop's profile.
struct ShopRoutes {
    struct Chosen: Described { let seller: ID<Seller> }

    func mount(on routes: Routes) {
        routes.get("/").show(as: Visitor.self, use: home)
        routes.get("/shops").show(as: SignedIn.self) { call, person in
            let shops = try await call.request.shops(of: person.account)
            return .page("shops", ShopsPage(shops), title: localized("Your shops"))
        }
        routes.post("/shops/chosen").form(Chosen.self).show(as: SignedIn.self) { call, person in
            _ = try await call.marketplace.membership(
                of: person.account.id, in: call.form.seller)
            try await call.request.choose(call.form.seller)
            return .seeOther(Links.home)
        }
        routes.get("/apply").show(as: SignedIn.self) { _, person in
            .page(
                "profile", ProfilePage.new(owner: person.account.name),
                title: localized("Open a shop"))
        }
        routes.post("/apply").form(ProfileInput.self).onlyOnce()
            .show(as: SignedIn.self, again: newAgain, use: create)
        routes.get("/shop").show(as: Member.self, needing: [.editProfile]) { call, member in
            let seller = try await call.marketplace.seller(member.seller)
            return .page("profile", ProfilePage(seller), title: localized("Profile"))
        }
        routes.post("/shop").form(ProfileInput.self)
            .show(as: Member.self, needing: [.editProfile], again: editAgain) { call, member in
                try await call.marketplace.editProfile(
                    call.form.profile, as: member.membership)
                return .seeOther(Links.shop, notice: localized("Your profile is changed."))
            }
    }

    @Sendable private func home(
        _ call: PageCall<Nothing, Nothing, Nothing>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        guard let account = visitor.account else {
            return .page("welcome", WelcomePage(), title: localized("Sell what you make"))
        }
        let shops = try await call.request.shops(of: account)
        if shops.isEmpty { return .seeOther(Links.apply) }
        let chosen = try await call.request.session()?.seller
        if shops.count > 1, chosen == nil { return .seeOther(Links.shops) }
        let member = try await Member.prove(call.request, needing: [])
        let who = member.membership
        let orders =
            who.may(.readOrders)
            ? try await call.marketplace.listOrders(
                as: who, OrderFilter(state: .paid), PageRequest(limit: 10)
            ).items : []
        let drafts = try await call.marketplace.listings(
            in: .draft, as: who, PageRequest(limit: 5)
        ).items
        let balances =
            who.may(.readMoney) ? try await call.marketplace.balances(of: member.seller) : []
        let schedules =
            who.may(.readMoney) ? try await call.marketplace.payoutSchedules(of: member.seller) : []
        let seller = try await call.marketplace.seller(member.seller)
        let glance = who.may(.readOrders) ? try await call.marketplace.glance(as: who) : nil
        async let visits = call.request.site.visits.days(of: member.seller)
        let told = try await call.marketplace.notices(
            of: account.id, as: .seller, PageRequest(limit: 8)
        ).items.filter { $0.seller == member.seller }
        return .page(
            "home",
            HomePage(
                seller, member, orders: orders, drafts: drafts, balances: balances,
                schedules: schedules, told: told,
                glance: glance, visits: await visits,
                opening: try await OpeningSteps.find(
                    seller, nil, call.marketplace, member),
                storefront: call.marketplace.settings.storefrontURL,
                now: try await call.marketplace.marketNow()),
            title: seller.name)
    }

    private func create(
        _ call: PageCall<Nothing, Nothing, ProfileInput>, _ person: SignedIn
    ) async throws -> PageAnswer {
        let seller = try await call.marketplace.applyToSell(
            call.form.profile, by: person.account.id)
        try await call.request.choose(seller.id)
        return .seeOther(
            Links.documents, notice: localized("\(seller.name) is there. Now show who you are."))
    }

    @Sendable private func newAgain(_ again: Again, _ person: SignedIn) -> PageAnswer {
        .page("profile", ProfilePage(again, isNew: true), title: localized("Open a shop"))
    }

    @Sendable private func editAgain(_ again: Again, _ member: Member) -> PageAnswer {
        .page("profile", ProfilePage(again, isNew: false), title: localized("Profile"))
    }
}

struct WelcomePage {}
