import Kernel
import Vocabulary
import Web

enum CataloguePages {
    static func tabs(_ here: String) -> [DeskPage.Tab] {
        let views: [(name: Phrase, path: String)] = [
            ("categories", "/categories"), ("attributes", "/attributes"),
            ("listings", "/listings"), ("reviews", "/reviews"),
            ("ratings of makers", "/ratings"), ("picked", "/picked"),
        ]
        return views.map {
            DeskPage.Tab(label: $0.name, href: $0.path, isHere: $0.path == "/" + here)
        }
    }

    static func mayModerate(_ admin: Administrator) -> Bool {
        Duty.moderateCatalogue.isAllowed(to: admin.roles)
    }

    private static let otherwise: Phrase = "As in English when empty."

    static func categories(_ categories: [Category], _ admin: Administrator) -> DeskPage {
        let rows = categories.map { category in
            [
                Cell(data: category.words(in: categories), to: "/categories/\(category.id)"),
                Cell(data: category.slug), Cell(data: category.taxCode), .number(category.position),
            ]
        }
        let add = DeskForm(
            "Add a category", to: "/categories",
            [
                .line("name", "Name"),
                .line("nameDe", "Name in German", help: Self.otherwise, required: false),
                .line("nameFr", "Name in French", help: Self.otherwise, required: false),
                .line("slug", "Address", help: "Made of the name when empty.", required: false),
                .choice("parent", "Below", parents(categories)),
                .line("position", "Position", "0", type: "number"),
                .line("taxCode", "Tax code", "standard"),
            ])
        return DeskPage(
            "Categories", tabs: tabs("categories"),
            [
                Block(
                    table: Table(["Category", "Address", "Tax code", "Position#"], rows),
                    nothing: "There is none yet."),
                Block("Add one", forms: mayModerate(admin) ? [add] : []),
            ])
    }

    static func category(
        _ category: Category, in tree: [Category], asked: [Attribute], _ admin: Administrator
    ) -> DeskPage {
        let change = DeskForm.reasoned(
            "Change the category", to: "/categories/\(category.id)",
            hint: """
                What is in it, and the categories below it, go along when it is moved. What was \
                said of things is lost where it is not asked any more.
                """,
            [
                .line("name", "Name", category.name),
                .line(
                    "nameDe", "Name in German", category.names.de ?? "", help: Self.otherwise,
                    required: false),
                .line(
                    "nameFr", "Name in French", category.names.fr ?? "", help: Self.otherwise,
                    required: false),
                .line(
                    "slug", "Address", category.slug,
                    help: "Links to the old address lead nowhere afterwards."),
                .choice(
                    "parent", "Below", parents(tree.filter { !$0.path.contains(category.id) }),
                    chosen: category.parent?.description ?? ""),
                .line("position", "Position", String(category.position), type: "number"),
                .line("taxCode", "Tax code", category.taxCode),
            ])
        return DeskPage(
            .data(category.words(in: tree)), tabs: tabs("categories"),
            [
                Block(
                    facts: [
                        Fact("Address", data: category.slug),
                        Fact("Tax code", data: category.taxCode),
                        Fact("Position", data: String(category.position)),
                        Fact(
                            "Audit trail", "show",
                            to: Links.trail("category", category.id.description)),
                    ], forms: mayModerate(admin) ? [change] : []),
                AttributePages.block(asked, tree),
            ])
    }

    private static func parents(_ categories: [Category]) -> [(key: String, text: Phrase)] {
        [(key: "", text: "— at the top —")]
            + categories.map { ($0.id.description, Phrase.data($0.words(in: categories))) }
    }

    static func listings(
        _ page: Kernel.Page<ListingFound>, _ query: CatalogueRoutes.ListingQuery,
        _ admin: Administrator
    ) -> DeskPage {
        let rows = page.items.map { listing in
            [
                Cell(data: listing.title, to: "/listings/\(listing.id)"), .state(listing.state),
                Cell(listing.isForSale ? "yes" : "no"),
                Cell(data: listing.sellerName, to: Links.seller(listing.seller)),
                .money(listing.priceFrom), .time(listing.createdAt),
            ]
        }
        let kept = [("state", query.state), ("seller", query.seller?.description)]
            .compactMap { name, value in value.map { (name, $0) } }
        let states = DeskPage.Tab.states(
            Listing.State.allCases.map(\.rawValue), of: "/listings", chosen: query.state,
            all: "all listings")
        return DeskPage(
            "Listings", tabs: states + tabs("").filter { $0.href != "/listings" },
            [
                Block(
                    table: Table(
                        ["Title", "State", "For sale", "Seller", "From#", "Since"], rows),
                    nothing: "There is none in this state.",
                    more: page.next.map {
                        Links.with("/listings", kept + [("after", Cursor.seal($0))])
                    })
            ])
    }
}

extension Category {
    /// The names from the top down to this one.
    func words(in tree: [Category]) -> String {
        path.compactMap { id in tree.first { $0.id == id }?.name }.joined(separator: " › ")
    }
}
