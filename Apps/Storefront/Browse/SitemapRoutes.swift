import Hummingbird
import Kernel
import Vocabulary
import Web

/// What search engines ask for: where they may look, and what there is.
struct SitemapRoutes {
    func mount(on routes: Routes) {
        routes.raw(.get, "/robots.txt", access: .everyone) { request in
            let base = Self.base(request)
            return request.keepable(
                """
                User-agent: *
                Disallow: /account
                Disallow: /cart
                Disallow: /checkout
                Disallow: /orders/
                Disallow: /purchases/
                Disallow: /search
                Sitemap: \(base)/sitemap.xml

                """, type: "text/plain; charset=utf-8")
        }
        routes.raw(.get, "/sitemap.xml", access: .everyone) { request in
            let base = Self.base(request)
            let files = try await request.marketplace.sitemapFiles().map { Self.path($0) }
            return Self.xml(
                "sitemapindex", "sitemap",
                (["/sitemap/categories"] + files).map { Entry(base + $0) }, request)
        }
        routes.raw(.get, "/sitemap/categories", access: .everyone) { request in
            let base = Self.base(request)
            let changes = try await request.marketplace.categoryChanges()
            let home = Entry(
                base + Links.home, changed: try await request.marketplace.newestChange())
            let categories = try await request.marketplace.categories().map {
                Entry(base + Links.category($0.slug), changed: changes[$0.id])
            }
            return Self.xml("urlset", "url", [home] + categories, request)
        }
        routes.raw(.get, "/sitemap/makers", access: .everyone) { request in
            try await Self.makers(request, from: nil)
        }
        routes.raw(.get, "/sitemap/makers/{seller}", access: .everyone) { request in
            guard let first = ID<Seller>(request.parameters["seller"] ?? "") else {
                throw SellerRefusal.unknown
            }
            return try await Self.makers(request, from: first)
        }
        routes.raw(.get, "/sitemap/{month}", access: .everyone) { request in
            try await Self.things(request, from: nil)
        }
        routes.raw(.get, "/sitemap/{month}/{listing}", access: .everyone) { request in
            guard let first = ID<Listing>(request.parameters["listing"] ?? "") else {
                throw ListingRefusal.unknown
            }
            return try await Self.things(request, from: first)
        }
    }

    private static func path(_ file: SitemapFile) -> String {
        switch file {
        case .makers(let first): "/sitemap/makers" + (first.map { "/\($0)" } ?? "")
        case .things(let month, let first):
            "/sitemap/\(month)" + (first.map { "/\($0)" } ?? "")
        }
    }

    private static func makers(
        _ request: WebRequest, from first: ID<Seller>?
    ) async throws -> Response {
        let shops = try await request.marketplace.openShops(from: first)
        return xml(
            "urlset", "url",
            shops.map { Entry(base(request) + Links.seller($0.slug), changed: $0.changedAt) },
            request)
    }

    private static func things(
        _ request: WebRequest, from first: ID<Listing>?
    ) async throws -> Response {
        guard let month = StatementMonth(request.parameters["month"] ?? "") else {
            throw ListingRefusal.unknown
        }
        let ids = try await request.marketplace.listingsForSale(madeIn: month, from: first)
        let changes = try await request.marketplace.changes(of: ids)
        return xml(
            "urlset", "url",
            ids.map { Entry(base(request) + Links.listing($0), changed: changes[$0]) }, request)
    }

    private static func base(_ request: WebRequest) -> String {
        request.site.settings.publicURL ?? "http://\(request.head.authority ?? "localhost")"
    }

    /// An address, with when what is there was changed last, where anybody knows.
    private struct Entry {
        let address: String
        let changed: Instant?

        init(_ address: String, changed: Instant? = nil) {
            self.address = address
            self.changed = changed
        }
    }

    private static func xml(
        _ root: String, _ item: String, _ entries: [Entry], _ request: WebRequest
    ) -> Response {
        let items = entries.map { entry in
            // A day is precise enough (https://www.w3.org/TR/NOTE-datetime).
            let changed = entry.changed.map { "<lastmod>\($0.description.prefix(10))</lastmod>" }
            return "<\(item)><loc>\(entry.address)</loc>\(changed ?? "")</\(item)>\n"
        }.joined()
        return request.keepable(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <\(root) xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
            \(items)</\(root)>

            """, type: "application/xml; charset=utf-8")
    }
}
