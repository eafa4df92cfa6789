import Kernel
import TestSupport
import Testing
import Vocabulary

@testable import Web

/// Sign-ins of one browser whose guest had wished for something, all at once.
@Suite struct `A guest's wishes in several tabs` {
    private struct Scene: Sendable {
        let shop: OpenShop
        /// The tabs of a browser share its cookies.
        let browser: Browser
        let account: Account
        let things: [ID<Listing>]
        let wishes = GuestWishes(redis: TestWeb.redis)
        private let email: String

        var name: String { browser.cookie("guildhall_customer_browser") ?? "" }

        /// A guest who wishes for five things, two of which are on the list of their account.
        init(_ shop: OpenShop) async throws {
            self.shop = shop
            email = "\(ID<Account>())@example.test"
            account = try await shop.marketplace.register(
                Registration(email: email, name: "Grace", password: "a long sentence of words"))
            let maker = try await shop.market.given.verifiedSeller()
            var things: [ID<Listing>] = []
            for number in 1...8 {
                things.append(try await shop.thing("Cup \(number)", by: maker).listing)
            }
            self.things = things
            browser = Browser(shop.app)
            for thing in things.prefix(5) {
                _ = try await browser.submit(
                    try await browser.get("/listings/\(thing)"), "/listings/\(thing)/wish")
            }
            for thing in things.prefix(2) + [things[7]] {
                try await shop.marketplace.wish(for: thing, by: account.id)
            }
        }

        /// One that was opened before anybody signed in.
        func tab() -> Browser {
            let tab = Browser(shop.app)
            tab.setCookie("guildhall_customer_browser", name)
            return tab
        }

        func signIn(in tab: Browser, at page: WebAnswer) async throws -> Int {
            try await tab.submitOnce(
                page, "/sign-in", ["email": email, "password": "a long sentence of words"]
            ).status
        }

        /// What is on the account's list now, and what is still with the guest.
        func lists() async throws -> (account: [ID<Listing>], guest: [ID<Listing>]) {
            let kept = try await shop.marketplace.wishes(of: account.id, PageRequest(limit: 100))
            return (
                kept.items.map(\.listing), try await wishes.list(of: name).map(\.listing)
            )
        }

        /// Something is put on the guest's list by a tab that is not signed in yet.
        func wish(for thing: ID<Listing>) async throws {
            try await wishes.add(thing, of: name, at: try await shop.marketplace.marketNow())
        }
    }

    @Test func `are on the account's list once, whichever tab comes first`() async throws {
        try await OpenShop.run { shop in
            let scene = try await Scene(shop)
            let tabs = [scene.tab(), scene.tab()]
            let pages = [try await tabs[0].get("/sign-in"), try await tabs[1].get("/sign-in")]

            let signIns: [@Sendable () async throws -> Int] = [
                { try await scene.signIn(in: tabs[0], at: pages[0]) },
                { try await scene.signIn(in: tabs[1], at: pages[1]) },
            ]

            // Both have read what the guest wished for before either has written it.
            let ends = try await shop.market.inTurn(
                lockedBy: "lock table wish in share row exclusive mode", signIns)

            #expect(try ends.map { try $0.get() } == [303, 303])
            let (account, guest) = try await scene.lists()
            #expect(account.count == 6)
            #expect(Set(account) == Set(scene.things.prefix(5) + [scene.things[7]]))
            #expect(guest.isEmpty)
        }
    }

    @Test func `that are put there while others are taken over are taken along`() async throws {
        try await OpenShop.run { shop in
            let scene = try await Scene(shop)
            let tab = scene.tab()
            let page = try await tab.get("/sign-in")

            let signIn = try await shop.market.storage.owner.transaction { tx in
                try await tx.execute("lock table wish in share row exclusive mode")
                let signIn = Task { try await scene.signIn(in: tab, at: page) }
                try await shop.market.waitForWaiters(1)
                try await scene.wish(for: scene.things[5])
                return signIn
            }

            #expect(try await signIn.value == 303)
            let (account, guest) = try await scene.lists()
            #expect(Set(account) == Set(scene.things.prefix(6) + [scene.things[7]]))
            #expect(guest.isEmpty)
        }
    }

    @Test func `are never lost and never doubled, whoever comes when`() async throws {
        try await OpenShop.run { shop in
            let scene = try await Scene(shop)
            var pages: [(tab: Browser, page: WebAnswer)] = []
            for _ in 0..<4 {
                let tab = scene.tab()
                pages.append((tab, try await tab.get("/sign-in")))
            }

            let ends = try await withThrowingTaskGroup(of: Int.self) { group in
                for (tab, page) in pages {
                    group.addTask { try await scene.signIn(in: tab, at: page) }
                }
                for thing in scene.things[5...6] {
                    group.addTask {
                        try await scene.wish(for: thing)
                        return 303
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }

            // So many passwords at once may be too many for the moment.
            #expect(ends.allSatisfy { $0 == 303 || $0 == 503 })
            // What came after the last look of all is with the guest still, for the next time.
            let (account, guest) = try await scene.lists()
            #expect(Set(account).count == account.count)
            #expect(Set(account + guest) == Set(scene.things))
        }
    }
}
