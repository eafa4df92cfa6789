import TestSupport
import Testing
import Web

/// Markup in whatever outsiders and colleagues write: it becomes no element of any page, and each
/// text is seen on some page, so that this is no claim about pages that show nothing.
@Suite struct `Markup in what people write` {
    /// Routes that answer with no page while everything is as it should be, and why.
    private static let without: [String: [String: String]] = [
        "shop": [
            "/sign-in/code": "between two steps of signing in",
            "/password/reset/{reset}": "the secret stands in a letter",
            "/email/{change}": "the secret stands in a letter",
            "/claims/{claim}": "the secret stands in a letter",
            "/openapi.json": "for programs", "/assets/{name}": "for browsers",
            "/media/{hash}/{copy}": "a picture that was not made yet",
            "/language/{language}": "leads back to where it was chosen",
            "/media/{hash}": "a picture that was not made yet",
            "/orders/{order}/reviews": "nobody may rate twice",
            "/purchases/{purchase}/return": "leads back to the purchase",
            "/sitemap/{month}": "addresses only, for search engines",
            "/sitemap/{month}/{listing}": "addresses only, for search engines",
            "/sitemap/makers/{seller}": "addresses only, for search engines",
        ],
        "desk": [
            "/sign-in/code": "between two steps of signing in",
            "/password/reset/{reset}": "the secret stands in a letter",
            "/email/{change}": "the secret stands in a letter",
            "/invitations/{link}": "the secret stands in a letter",
            "/openapi.json": "for programs", "/assets/{name}": "for browsers",
            "/media/{hash}/{copy}": "a picture that was not made yet",
            "/language/{language}": "leads back to where it was chosen",
            "/media/{hash}": "a picture that was not made yet",
            "/money/accounts/{instance}/link": "leads to a provider",
            "/money/accounts/{instance}/return": "comes from a provider",
        ],
        "office": [
            "/sign-in/code": "between two steps of signing in",
            "/password/reset/{reset}": "the secret stands in a letter",
            "/email/{change}": "the secret stands in a letter",
            "/openapi.json": "for programs", "/assets/{name}": "for browsers",
            "/media/{hash}/{copy}": "a picture that was not made yet",
            "/language/{language}": "leads back to where it was chosen",
            "/payments/{payment}": "leads to the purchase",
            "/media/{hash}": "a picture that was not made yet",
        ],
    ]
    /// What is on no page that people reach, and why.
    private static let unseen: [String: String] = [
        "provider_instance.allowed_hosts": "only those are shown that the module asks for",
        "checklist_tick.body": "the row says it, where it was ticked",
        "checkout_line.sku": "for the order that comes of it",
        "checkout_line.tax_code": "for the module that taxes",
        "job.args": "for programs", "mail.message": "for the mail server",
        "orders.shipping_commission_explanation": "no commission is taken of shipping here",
        "outbox_event.payload": "for programs",
        "payment.next_action": "another customer's, and a place to go on to",
        "payout.destination": "all but its end is hidden",
        "payout_account.reference": "for the provider",
    ]

    @Test func `is shown as it was typed, on every page of every app`() async throws {
        try await WrittenMarket.run { market in
            let columns = try await market.overwrite { number in
                [.behind(Self.mark(number)), .instead(Self.mark(number))]
            }
            #expect(columns.count > 100)

            var seen: Set<Int> = []
            try await market.walks { walk in
                let found = try await walk.go()
                #expect(found.faults.isEmpty, "\(found.faults)")
                let left = Set(walk.routes("GET")).subtracting(found.routes)
                    .subtracting((Self.without[walk.name] ?? [:]).keys)
                #expect(left.isEmpty, "\(walk.name) shows nothing at \(left.sorted())")
                for (path, text) in found.pages {
                    let bare = Self.bare(in: text).map { columns[$0]?.description ?? "\($0)" }
                    #expect(bare.isEmpty, "\(walk.name) \(path): \(bare) became an element")
                    seen.formUnion(Self.escaped(in: text))
                }
            }

            let missed = columns.filter { !seen.contains($0.key) }.map(\.value.description)
            let unexpected = Set(missed).subtracting(Self.unseen.keys).sorted()
            #expect(unexpected.isEmpty, "nobody would notice it in \(unexpected)")
        }
    }

    @Test func `is sent back as it was typed, by every form of every app`() async throws {
        try await WrittenMarket.run { market in
            try await market.walks { walk in
                let posts = walk.routes("POST")
                var places: [String: String] = [:]
                for action in try await walk.go().actions.sorted(by: >) {
                    guard let route = PageWalk.route(of: action, among: posts) else { continue }
                    places[route] = action
                }
                let caller = try await RouteCaller(walk.app, token: walk.token)
                var (number, sent, faults): (Int, Set<String>, [String]) = (0, [], [])
                for policy in walk.app.policies where policy.method == "POST" {
                    // Whoever has two shops is asked which one, everywhere else.
                    if policy.pattern == "/apply" { continue }
                    guard let schema = InputSchema(formOf: policy),
                        let path = places[policy.pattern]
                    else { continue }
                    for way in [InputSchema.Marked.everything, .texts] {
                        number += 1
                        let mark = Self.mark(number)
                        let value = schema.marked(way) { _ in mark }
                        let answer = try await caller.submit(
                            path, value, hasFiles: policy.takesFiles)
                        var pages = [answer]
                        if answer.status == 303, let next = answer.header("location"),
                            next.hasPrefix("/")
                        {
                            pages.append(try await caller.page(next))
                        }
                        for page in pages {
                            let name = "\(walk.name) \(policy.pattern): \(page.status)"
                            if page.status >= 500 { faults.append(name) }
                            if !Self.bare(in: page.text).isEmpty {
                                faults.append(name + ", an element")
                            }
                            if Self.escaped(in: page.text).contains(number) {
                                sent.insert(policy.pattern)
                            }
                        }
                    }
                }
                #expect(faults.isEmpty, "\(faults)")
                #expect(sent.count > Self.sentBack[walk.name] ?? 0, "only \(sent.sorted())")
            }
        }
    }

    /// How many forms at least show again what was typed.
    private static let sentBack = ["shop": 12, "desk": 15, "office": 30]

    /// Out of an attribute, into an element: short enough for the shortest texts.
    private static func mark(_ number: Int) -> String {
        "\"'><b x=\(String(number, radix: 36))>"
    }

    /// What a browser would make an element or another attribute of.
    private static func bare(in text: String) -> Set<Int> {
        numbers(text.matches(of: /<b x=([0-9a-z]+)>/).map { $0.1 })
            .union(numbers(text.matches(of: /["']&gt;&lt;b x=([0-9a-z]+)&gt;/).map { $0.1 }))
    }

    /// What stands there as text: in a page, or in what a page says to search engines.
    private static func escaped(in text: String) -> Set<Int> {
        numbers(text.matches(of: /&lt;b x=([0-9a-z]+)&gt;/).map { $0.1 })
            .union(numbers(text.matches(of: /\\u003cb x=([0-9a-z]+)\\u003e/).map { $0.1 }))
    }

    private static func numbers(_ texts: [Substring]) -> Set<Int> {
        Set(texts.compactMap { Int($0, radix: 36) })
    }
}
