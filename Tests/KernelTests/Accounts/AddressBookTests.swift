import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `An address book` {
    private func address(_ town: String) -> Address {
        Address(
            name: "Ada", lines: ["Hauptstraße 5"], city: town, postalCode: "50667", country: "de")
    }

    private func towns(_ market: TestMarketplace, _ account: Account) async throws -> [String] {
        try await market.marketplace.savedAddresses(of: account.id).items.map(\.address.city)
    }

    @Test func `offers the first one, until another is wanted or it is gone`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await market.given.account("Ada")
            func offered() async throws -> [String] {
                try await kernel.savedAddresses(of: ada.id).items.filter(\.isDefault)
                    .map(\.address.city)
            }

            let home = try await kernel.keepAddress(address("Köln"), of: ada.id)
            let work = try await kernel.keepAddress(address("Bonn"), of: ada.id)
            #expect(home.address.country == "DE")
            #expect(try await offered() == ["Köln"])
            try await kernel.preferAddress(work.id, of: ada.id)
            #expect(try await offered() == ["Bonn"])
            _ = try await kernel.keepAddress(address("Trier"), asDefault: true, of: ada.id)
            #expect(try await offered() == ["Trier"])
            try await kernel.changeSavedAddress(home.id, to: address("Essen"), of: ada.id)
            for town in try await kernel.savedAddresses(of: ada.id).items where town.isDefault {
                try await kernel.dropAddress(town.id, of: ada.id)
            }

            #expect(try await offered() == ["Bonn"])
            #expect(try await towns(market, ada) == ["Bonn", "Essen"])
        }
    }

    @Test func `keeps the same address once, and twenty at most`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await market.given.account("Ada")

            for _ in 0..<2 { try await kernel.keepAddress(address("Town 0"), of: ada.id) }
            for number in 1..<SavedAddress.countMax {
                try await kernel.keepAddress(address("Town \(number)"), of: ada.id)
            }

            await #expect(throws: AddressRefusal.tooMany) {
                try await kernel.keepAddress(address("Elsewhere"), of: ada.id)
            }
            #expect(try await towns(market, ada).count == SavedAddress.countMax)
        }
    }

    @Test func `has one default also after many changes at once`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await market.given.account("Ada")

            await withTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        do {
                            try await kernel.keepAddress(
                                address("Town \(number)"), asDefault: true, of: ada.id)
                        } catch { Issue.record(error) }
                    }
                }
            }

            let book = try await kernel.savedAddresses(of: ada.id).items
            #expect(book.count == 8)
            #expect(book.count { $0.isDefault } == 1)
        }
    }

    @Test func `is nobody else's`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await market.given.account("Ada")
            let eve = try await market.given.account("Eve")
            let home = try await kernel.keepAddress(address("Köln"), of: ada.id)

            await #expect(throws: AddressRefusal.unknown) {
                try await kernel.savedAddress(home.id, of: eve.id)
            }
            await #expect(throws: AddressRefusal.unknown) {
                try await kernel.dropAddress(home.id, of: eve.id)
            }
            await #expect(throws: AddressRefusal.unknown) {
                try await kernel.changeSavedAddress(home.id, to: address("Essen"), of: eve.id)
            }
            #expect(try await towns(market, ada) == ["Köln"])
        }
    }

    @Test func `is changed for nobody whose account is closed`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await market.given.account("Ada")
            let home = try await kernel.keepAddress(address("Köln"), of: ada.id)
            try await market.database.execute(
                "update account set state = 'closed' where id = \(ada.id)")

            await #expect(throws: AccountRefusal.unknown) {
                try await kernel.keepAddress(address("Bonn"), of: ada.id)
            }
            await #expect(throws: AccountRefusal.unknown) {
                try await kernel.dropAddress(home.id, of: ada.id)
            }
            #expect(try await towns(market, ada) == ["Köln"])
        }
    }
}
