import Kernel
import Vocabulary
import Web

/// What is asked of the things of categories.
struct AttributeRoutes {
    struct AttributePath: Described { let attribute: ID<Attribute> }

    struct ValuePath: Described {
        let attribute: ID<Attribute>
        let value: ID<AttributeValue>
    }

    struct NewAttribute: Described {
        /// In English.
        let name: String
        /// In German and French; as in English when left out.
        let nameDe: String?
        let nameFr: String?
        let handle: String?
        let kind: String
        let category: ID<Category>?
        let unit: String?
        let least: Int?
        let most: Int?
        let isFacet: Bool?
        let position: Int?
        static let rules: [String: [Rule]] = AttributeRoutes.words.merging([
            "handle": [
                .length(0...40),
                .about("What addresses, files and programs call it; it stays."),
            ],
            "kind": [.choice(Attribute.Kind.allCases.map(\.rawValue))],
            "category": [.about("Asked in it and in all below it; of everything when left out.")],
        ]) { $1 }

        var draft: AttributeDraft {
            AttributeDraft(
                name: name, names: CategoryNames(de: nameDe, fr: nameFr), unit: unit,
                least: least, most: most, isFacet: isFacet ?? true, position: position ?? 0)
        }
    }

    struct ChangedAttribute: Described {
        /// In English.
        let name: String
        /// In German and French; as in English when left out.
        let nameDe: String?
        let nameFr: String?
        let unit: String?
        let least: Int?
        let most: Int?
        let isFacet: Bool
        let position: Int
        let reason: String
        static let rules: [String: [Rule]] = AttributeRoutes.words.merging([
            "reason": [.length(3...500)]
        ]) { $1 }

        var draft: AttributeDraft {
            AttributeDraft(
                name: name, names: CategoryNames(de: nameDe, fr: nameFr), unit: unit,
                least: least, most: most, isFacet: isFacet, position: position)
        }
    }

    struct NewValue: Described {
        /// In English.
        let name: String
        let nameDe: String?
        let nameFr: String?
        let handle: String?
        let position: Int?
        static let rules: [String: [Rule]] = [
            "name": [.length(1...80)], "nameDe": [.length(0...80)], "nameFr": [.length(0...80)],
            "handle": [.length(0...40)], "position": [.range(0...10_000)],
        ]
    }

    struct ChangedValue: Described {
        /// In English.
        let name: String
        let nameDe: String?
        let nameFr: String?
        let position: Int
        let reason: String
        static let rules: [String: [Rule]] = [
            "name": [.length(1...80)], "nameDe": [.length(0...80)], "nameFr": [.length(0...80)],
            "position": [.range(0...10_000)], "reason": [.length(3...500)],
        ]
    }

    private static let words: [String: [Rule]] = [
        "name": [.length(1...80)], "nameDe": [.length(0...80)], "nameFr": [.length(0...80)],
        "unit": [.length(0...12), .about("Of a number.")],
        "least": [.range(0...1_000_000), .about("Of a number; 0 when left out.")],
        "most": [.range(0...1_000_000), .about("Of a number; 1,000,000 when left out.")],
        "isFacet": [.about("Whether lists are narrowed by it.")],
        "position": [.range(0...10_000), .about("Smaller ones stand first.")],
    ]

    let desk: Desk

    func mount() {
        list()
        attribute()
        values()
    }

    private func list() {
        desk.page("/attributes", .readCatalogue) { call, admin in
            AttributePages.list(
                try await call.marketplace.attributes(), try await call.marketplace.categories(),
                admin)
        }
        desk.read(
            "/attributes", "What is asked of things, with the values to choose from",
            tag: "Catalogue", .readCatalogue
        ) { call, _ in
            AttributesAnswer(
                items: try await call.marketplace.attributes().map { AttributeAnswer($0) })
        }
        desk.act(
            Act<Nothing>(
                "/attributes", "Have something asked of the things of a category",
                tag: "Catalogue", .moderateCatalogue, done: "It is asked from now on.",
                back: { _ in "/attributes" }),
            input: NewAttribute.self
        ) { marketplace, _, input, admin in
            AttributeAnswer(
                try await marketplace.createAttribute(
                    input.draft, handle: input.handle,
                    kind: Attribute.Kind(rawValue: input.kind) ?? .choice, in: input.category,
                    by: admin.account.id))
        }
    }

    private func attribute() {
        desk.page("/attributes/{attribute}", .readCatalogue, path: AttributePath.self) {
            call, admin in
            AttributePages.attribute(
                try await call.marketplace.attribute(call.path.attribute),
                in: try await call.marketplace.categories(), admin)
        }
        desk.read(
            "/attributes/{attribute}", "One attribute with its values", tag: "Catalogue",
            .readCatalogue, path: AttributePath.self
        ) { call, _ in
            AttributeAnswer(
                try await call.marketplace.attribute(call.path.attribute).attribute)
        }
        change("", "Change an attribute's words, bounds and place", done: "It is changed.") {
            (input: ChangedAttribute, id, marketplace, admin) in
            try await marketplace.changeAttribute(
                id, to: input.draft, reason: input.reason, by: admin)
        }
        change("/retirement", "Ask for it no more", done: "It is asked no more.") {
            (input: Reason, id, marketplace, admin) in
            try await marketplace.retireAttribute(id, reason: input.reason, by: admin)
        }
        change("/restoration", "Ask for it again", done: "It is asked again.") {
            (input: Reason, id, marketplace, admin) in
            try await marketplace.retireAttribute(id, false, reason: input.reason, by: admin)
        }
        change("/values", "Add a value to choose", done: "It can be chosen.") {
            (input: NewValue, id, marketplace, admin) in
            try await marketplace.addAttributeValue(
                AttributeValueDraft(
                    name: input.name, names: CategoryNames(de: input.nameDe, fr: input.nameFr),
                    position: input.position ?? 0), handle: input.handle, to: id, by: admin)
        }
    }

    private func change<Input: Described>(
        _ end: String, _ summary: String, done: Phrase,
        _ perform:
            @escaping @Sendable (Input, ID<Attribute>, Marketplace, ID<Account>) async throws
            -> Attribute
    ) {
        desk.act(
            Act<AttributePath>(
                "/attributes/{attribute}" + end, summary, tag: "Catalogue", .moderateCatalogue,
                done: done, back: { "/attributes/\($0.attribute)" }), input: Input.self
        ) { marketplace, path, input, admin in
            AttributeAnswer(
                try await perform(input, path.attribute, marketplace, admin.account.id))
        }
    }

    private func values() {
        desk.page("/attributes/{attribute}/values/{value}", .readCatalogue, path: ValuePath.self) {
            call, admin in
            try AttributePages.value(
                call.path.value,
                of: try await call.marketplace.attribute(call.path.attribute), admin)
        }
        value("", "Change a value's words and place", done: "It is changed.") {
            (input: ChangedValue, path, marketplace, admin) in
            try await marketplace.changeAttributeValue(
                path.value, of: path.attribute,
                to: AttributeValueDraft(
                    name: input.name, names: CategoryNames(de: input.nameDe, fr: input.nameFr),
                    position: input.position), reason: input.reason, by: admin)
        }
        value("/retirement", "Let a value be chosen no more", done: "It is chosen no more.") {
            (input: Reason, path, marketplace, admin) in
            try await marketplace.retireAttributeValue(
                path.value, of: path.attribute, reason: input.reason, by: admin)
        }
        value("/restoration", "Let a value be chosen again", done: "It can be chosen again.") {
            (input: Reason, path, marketplace, admin) in
            try await marketplace.retireAttributeValue(
                path.value, of: path.attribute, false, reason: input.reason, by: admin)
        }
    }

    private func value<Input: Described>(
        _ end: String, _ summary: String, done: Phrase,
        _ perform:
            @escaping @Sendable (Input, ValuePath, Marketplace, ID<Account>) async throws
            -> Attribute
    ) {
        desk.act(
            Act<ValuePath>(
                "/attributes/{attribute}/values/{value}" + end, summary, tag: "Catalogue",
                .moderateCatalogue, done: done, back: { "/attributes/\($0.attribute)" }),
            input: Input.self
        ) { marketplace, path, input, admin in
            AttributeAnswer(try await perform(input, path, marketplace, admin.account.id))
        }
    }
}
