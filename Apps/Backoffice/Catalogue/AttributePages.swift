import Kernel
import Vocabulary
import Web

enum AttributePages {
    private static let otherwise: Phrase = "As in English when empty."

    static func list(
        _ attributes: [Attribute], _ tree: [Category], _ admin: Administrator
    ) -> DeskPage {
        let add = DeskForm(
            "Have it asked", to: "/attributes",
            hint: """
                What it is called by programs, what it is and where it is asked stay.
                """,
            names(nil, CategoryNames()) + [
                .line(
                    "handle", "Short name", help: "Made of the name when empty.", required: false),
                .choice(
                    "kind", "What is said",
                    Attribute.Kind.allCases.map { ($0.rawValue, $0.words) }),
                .choice(
                    "category", "Asked in",
                    [(key: "", text: "every category")]
                        + tree.map {
                            ($0.id.description, Phrase.data($0.words(in: tree)))
                        }, help: "In all categories below it, too."),
            ] + use(nil))
        return DeskPage(
            "Attributes",
            lead: "What makers are asked about their things, and customers narrow lists by.",
            tabs: CataloguePages.tabs("attributes"),
            [
                table(attributes, tree, nothing: "There is none yet."),
                Block("Add one", forms: CataloguePages.mayModerate(admin) ? [add] : []),
            ])
    }

    /// What is asked in a category, on its own page.
    static func block(_ asked: [Attribute], _ tree: [Category]) -> Block {
        table(asked, tree, heading: "Asked of its things", nothing: "Nothing is asked.")
    }

    private static func table(
        _ attributes: [Attribute], _ tree: [Category], heading: Phrase? = nil, nothing: Phrase
    ) -> Block {
        let rows = attributes.map { attribute in
            [
                Cell(data: attribute.name, to: "/attributes/\(attribute.id)"),
                Cell(data: attribute.handle), Cell(attribute.kind.words),
                place(attribute, tree), Cell(attribute.isFacet ? "yes" : "no"),
                attribute.isRetired ? Cell("no longer asked") : Cell("asked", .good),
                .number(attribute.position),
            ]
        }
        return Block(
            heading,
            table: Table(
                [
                    "Name", "Short name", "What is said", "Asked in", "Narrows lists", "State",
                    "Position#",
                ], rows), nothing: nothing)
    }

    private static func place(_ attribute: Attribute, _ tree: [Category]) -> Cell {
        guard let category = tree.first(where: { $0.id == attribute.category }) else {
            return Cell("every category")
        }
        return Cell(data: category.words(in: tree), to: "/categories/\(category.id)")
    }

    static func attribute(
        _ use: AttributeUse, in tree: [Category], _ admin: Administrator
    ) -> DeskPage {
        let attribute = use.attribute
        let path = "/attributes/\(attribute.id)"
        let change = DeskForm.reasoned(
            "Change the attribute", to: path,
            hint: "Makers and customers read it so at once. What was said of things stays.",
            names(attribute.name, attribute.names) + self.use(attribute))
        let end =
            attribute.isRetired
            ? DeskForm.reasoned(
                "Ask for it again", to: path + "/restoration",
                hint: "What was said of things before is shown again.")
            : .dangerous(
                "Ask for it no more", to: path + "/retirement",
                hint: """
                    It leaves the editor, the things' pages and the lists. What is said of \
                    \(Format.count(use.listings, "thing", "things")) is kept, and shown again \
                    when it is asked again.
                    """)
        let facts = [
            Fact("Short name", data: attribute.handle),
            Fact("What is said", attribute.kind.words),
            Fact("Asked in", place(attribute, tree)),
            Fact("Narrows lists", attribute.isFacet ? "yes" : "no"),
            Fact("State", attribute.isRetired ? "no longer asked" : "asked"),
            Fact("Things that have it", data: String(use.listings)),
            Fact("Audit trail", "show", to: Links.trail("attribute", attribute.id.description)),
        ]
        let bounds = attribute.least.map { least in
            Fact("Bounds", data: "\(least)–\(attribute.most ?? 0) \(attribute.unit ?? "")")
        }
        let isOpen = CataloguePages.mayModerate(admin)
        return DeskPage(
            .data(attribute.name), tabs: CataloguePages.tabs("attributes"),
            [Block(facts: facts + [bounds].compactMap { $0 }, forms: isOpen ? [change, end] : [])]
                + (attribute.kind == .number ? [] : values(use, path, isOpen: isOpen)))
    }

    private static func values(_ use: AttributeUse, _ path: String, isOpen: Bool) -> [Block] {
        let attribute = use.attribute
        let rows = attribute.values.map { value in
            [
                attribute.kind == .choice
                    ? Cell(data: value.name, to: "\(path)/values/\(value.id)")
                    : Cell(data: value.name),
                Cell(data: value.handle), Cell(data: value.names.de ?? ""),
                Cell(data: value.names.fr ?? ""),
                value.isRetired ? Cell("no longer offered") : Cell("offered", .good),
                .number(use.listingsByValue[value.id] ?? 0), .number(value.position),
            ]
        }
        let add = DeskForm(
            "Add the value", to: path + "/values",
            names(nil, CategoryNames()) + [
                .line(
                    "handle", "Short name", help: "Made of the name when empty.", required: false),
                .line(
                    "position", "Position",
                    String(min((attribute.values.last?.position ?? 0) + 10, 10_000)),
                    type: "number"),
            ])
        return [
            Block(
                "Values",
                table: Table(
                    [
                        "Name", "Short name", "In German", "In French", "State", "Things#",
                        "Position#",
                    ], rows),
                forms: isOpen && attribute.kind == .choice ? [add] : [],
                nothing: "There is nothing to choose from yet.")
        ]
    }

    /// - Throws: ``AttributeRefusal/valueUnknown``.
    static func value(
        _ id: ID<AttributeValue>, of use: AttributeUse, _ admin: Administrator
    ) throws -> DeskPage {
        let attribute = use.attribute
        guard let value = attribute.values.first(where: { $0.id == id }),
            attribute.kind == .choice
        else { throw AttributeRefusal.valueUnknown }
        let path = "/attributes/\(attribute.id)/values/\(id)"
        let count = use.listingsByValue[id] ?? 0
        let change = DeskForm.reasoned(
            "Change the value", to: path,
            hint: "It reads so at once on everything that has it.",
            names(value.name, value.names) + [
                .line("position", "Position", String(value.position), type: "number")
            ])
        let end =
            value.isRetired
            ? DeskForm.reasoned(
                "Offer it again", to: path + "/restoration",
                hint: "Makers can choose it again, and what has it shows it again.")
            : .dangerous(
                "Offer it no more", to: path + "/retirement",
                hint: """
                    It leaves the editor, the things' pages and the lists. \
                    \(Format.count(count, "thing", "things")) keep it unseen, until it is \
                    offered again.
                    """)
        return DeskPage(
            .data("\(attribute.name): \(value.name)"), tabs: CataloguePages.tabs("attributes"),
            [
                Block(
                    facts: [
                        Fact(
                            "Attribute", data: attribute.name, to: "/attributes/\(attribute.id)"),
                        Fact("Short name", data: value.handle),
                        Fact("State", value.isRetired ? "no longer offered" : "offered"),
                        Fact("Things that have it", data: String(count)),
                    ], forms: CataloguePages.mayModerate(admin) ? [change, end] : [])
            ])
    }

    private static func names(_ name: String?, _ names: CategoryNames) -> [Input] {
        [
            .line("name", "Name", name ?? ""),
            .line("nameDe", "Name in German", names.de ?? "", help: otherwise, required: false),
            .line("nameFr", "Name in French", names.fr ?? "", help: otherwise, required: false),
        ]
    }

    private static func use(_ attribute: Attribute?) -> [Input] {
        var inputs: [Input] = [
            .choice(
                "isFacet", "Narrows lists",
                [(key: "true", text: "yes"), (key: "false", text: "no")],
                chosen: attribute.map { String($0.isFacet) }),
            .line(
                "position", "Position", String(attribute?.position ?? 0),
                help: "Smaller ones stand first.", type: "number"),
        ]
        if attribute == nil || attribute?.kind == .number {
            inputs += Input.group(
                "Of a number",
                [
                    .line(
                        "unit", "Unit", attribute?.unit ?? "", help: "Such as cm.",
                        required: false),
                    .line(
                        "least", "At least", attribute?.least.map { String($0) } ?? "",
                        required: false, type: "number"),
                    .line(
                        "most", "At most", attribute?.most.map { String($0) } ?? "",
                        required: false, type: "number"),
                ])
        }
        return inputs
    }
}

extension Attribute.Kind {
    fileprivate var words: Phrase {
        switch self {
        case .choice: "one or several values"
        case .flag: "yes or no"
        case .number: "a whole number"
        }
    }
}
