import Foundation
import Kernel
import Vocabulary

/// Sets a demo market up through the kernel's verbs, as its people would. Each step looks first, so
/// that what is there stays and the whole may be repeated.
///
/// Nobody may administer until all of it is there: that is how the next start knows of one that was
/// interrupted, and goes on with it.
struct Seeding: Sendable {
    let marketplace: Marketplace
    /// The sandbox bank, where the demo's payment providers are.
    let bankURL: String
    let market: DemoMarket
    let folder: String

    /// - Parameter ifEmpty: leaves a market alone in which somebody already administers.
    func run(ifEmpty: Bool = false) async throws {
        let isFirst = try await marketplace.administrators().items.isEmpty
        if ifEmpty, !isFirst { return }
        say("Filling the market from \(folder)")
        let admin = try await account(of: market.administrator)
        try await providers(by: admin.id)
        try await categories(by: admin.id)
        try await attributes(isFirst: isFirst, by: admin.id)
        try await checklist(isFirst: isFirst, by: admin.id)
        var members: [String: SellerMember] = [:]
        for shop in market.sellers {
            members[shop.slug] = try await open(shop, isFirst: isFirst, by: admin.id)
        }
        for person in market.customers {
            try await letShop(person, members, isFirst: isFirst)
        }
        try await pick(
            of: market.sellers.compactMap { members[$0.slug] }, isFirst: isFirst, by: admin.id)
        try await marketplace.grant(.administrator, toEmail: admin.email, by: nil)
        say("The market has \(market.sellers.count) shops.")
    }

    /// The shop's first page shows a thing of each shop, and the first makers.
    private func pick(
        of members: [SellerMember], isFirst: Bool, by admin: ID<Account>
    ) async throws {
        let picked = Set(try await marketplace.pickedListings().map(\.id))
        guard picked.isEmpty || isFirst else { return }
        for member in members {
            let things = try await marketplace.listings(in: .published, as: member)
            // The oldest of the first page stands first in the shop's own file.
            if let thing = things.items.last(where: \.inStock), !picked.contains(thing.id) {
                try await marketplace.pick(thing.id, true, by: admin)
            }
        }
        for member in members.prefix(Marketplace.pickedMakersMax).reversed()
        where try await !marketplace.isPicked(member.seller) {
            try await marketplace.pick(member.seller, true, by: admin)
        }
    }

    /// The account of a person, made when there is none.
    func account(of person: DemoMarket.Person) async throws -> Account {
        do {
            return try await marketplace.register(
                Registration(
                    email: person.email, name: person.name, password: market.password))
        } catch AccountRefusal.emailTaken {
            return try await marketplace.signIn(email: person.email, password: market.password)
        }
    }
}
