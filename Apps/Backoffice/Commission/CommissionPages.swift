import Kernel
import Vocabulary
import Web

enum CommissionPages {
    static func list(
        _ page: Kernel.Page<CommissionRule>, _ categories: [Category], _ vat: [CommissionVATRate],
        _ admin: Administrator
    ) -> DeskPage {
        let maySet = Duty.setCommission.isAllowed(to: admin.roles)
        let names = Dictionary(categories.map { ($0.id, $0.name) }) { first, _ in first }
        let rules = page.items.map { rule in
            Block(
                rule.name.isEmpty ? nil : .data(rule.name), facts: facts(rule, names),
                forms: maySet ? forms(rule) : [])
        }
        let more = page.next.map { Block(more: "/commission?after=\(Cursor.seal($0))") }
        let rates = Block(
            "VAT on commission",
            table: Table(
                ["Sellers in", "Rate", "With a VAT number"],
                vat.map {
                    [
                        Cell(data: $0.country), Cell(data: Format.decimal($0.rate.percentText)),
                        Cell($0.reverseCharge ? "reverse charge" : "the same"),
                    ]
                }), forms: maySet ? [vatForm] : [], nothing: "None is taken.")
        return DeskPage(
            "Commission",
            lead: """
                Of the rules that fit a sale the closest counts: \
                \(localized(name: CommissionScope.precedence)). It is frozen with the sale.
                """,
            rules + [more].compactMap { $0 }
                + (maySet ? [Block("Add a rule", forms: [form(categories)])] : []) + [rates])
    }

    private static func facts(
        _ rule: CommissionRule, _ names: [ID<Category>: String]
    ) -> [Fact] {
        let scope = rule.scope
        let price = rule.base.rawValue.inWords
        var facts = [
            Fact("State", state(rule), rule.state == .draft ? .waiting : .good),
            Fact("Rate", "\(Format.decimal(rule.rate.percentText)) of the \(price) price"),
            Fact(
                "Of the shipping", rule.isOnShipping ? "too" : "where the shop's own prices made it"
            ),
        ]
        for besides in rule.amounts {
            facts.append(Fact("In \(besides.currency)", data: words(besides)))
        }
        facts += [
            Fact(
                "Seller", scope.seller == nil ? "every seller" : "one seller",
                to: scope.seller.map(Links.seller)),
            Fact(
                "Category",
                scope.category.map { names[$0].map(Phrase.data) ?? "gone" } ?? "every category"),
            Fact("Listing", scope.listing.map { Phrase.data("\($0)") } ?? "every listing"),
            Fact("Price", scope.band.map { Phrase.data($0.description) } ?? "every price"),
            Fact("From", data: Format.time(rule.effectiveFrom)),
            Fact("Until", rule.effectiveUntil.map(Phrase.time) ?? "it holds"),
        ]
        if rule.state == .draft {
            facts.append(
                Fact("What it would change", "simulate", to: simulationLink(rule.id, days: 90)))
        }
        return facts
    }

    private static func state(_ rule: CommissionRule) -> Phrase {
        if rule.state == .draft { return "draft" }
        return rule.effectiveUntil == nil ? "published" : "published, with an end"
    }

    private static func words(_ besides: CommissionAmounts) -> String {
        func text(_ words: Phrase, _ amount: Int64?) -> String? {
            amount.map { "\(words.text) \(Format.money(Money($0, besides.currency)))" }
        }
        return [
            besides.fixedPerUnit > 0 ? text("for each piece", besides.fixedPerUnit) : nil,
            text("at least", besides.floor), text("at most", besides.cap),
        ].compactMap { $0 }.joined(separator: ", ")
    }

    private static func simulationLink(_ id: ID<CommissionRule>, days: Int) -> String {
        Links.with("/commission-rules/\(id)/simulation", [("days", "\(days)")])
    }

    private static let yesOrNo: [(key: String, text: Phrase)] = [
        (key: "false", text: "no"), (key: "true", text: "yes"),
    ]

    private static func forms(_ rule: CommissionRule) -> [DeskForm] {
        if rule.state == .draft {
            return [
                .reasoned(
                    "Publish it", to: "/commission-rules/\(rule.id)/publication",
                    hint: "It holds for new sales; old ones stay as they were.",
                    [
                        .line(
                            "effectiveFrom", "From",
                            help: "Such as 2026-12-01T00:00:00Z; empty for the draft's time.",
                            required: false),
                        .choice("replaces", "Replace a rule for the same sales", yesOrNo),
                    ]),
                .dangerous(
                    "Throw it away", to: "/commission-rules/\(rule.id)/disposal",
                    hint: "The draft is gone. No sale was ever charged by it."),
            ]
        }
        guard rule.effectiveUntil == nil else { return [] }
        return [
            .dangerous(
                "End this rule", to: "/commission-rules/\(rule.id)/end",
                hint: """
                    Sales from now on are charged by the next rule that fits them. What was placed \
                    under this one keeps its commission.
                    """)
        ]
    }

    private static func form(_ categories: [Category]) -> DeskForm {
        let scope: [Input] = [
            .line("name", "Name", required: false),
            .line("seller", "Only for the seller with this id", required: false),
            .choice(
                "category", "Only for this category and below",
                [(key: "", text: "every category")]
                    + categories.map { (key: $0.id.description, text: Phrase.data($0.name)) }),
            .line("listing", "Only for the listing with this id", required: false),
            .line("bandCurrency", "Only for prices in", required: false),
            .amount("bandFrom", "from", in: "bandCurrency", required: false),
            .amount("bandBelow", "to below", in: "bandCurrency", required: false),
        ]
        let amounts: [Input] = [
            .percent("ratePpm", "Rate", PartsPerMillion(percent: 10)),
            .choice(
                "base", "Of", [(key: "gross", text: "the gross price"), (key: "net", text: "net")]),
            .choice("onShipping", "Of the shipping too", yesOrNo),
            .line("fixedCurrency", "Besides, in this currency", required: false),
            .amount("fixedAmount", "for each piece", in: "fixedCurrency", required: false),
            .amount("floorAmount", "at least", in: "fixedCurrency", required: false),
            .amount("capAmount", "at most", in: "fixedCurrency", required: false),
        ]
        return .reasoned(
            "Add the rule", to: "/commission-rules",
            hint: """
                A draft charges nobody. Without one, sales from its time on are charged by it; \
                what was placed before keeps its commission.
                """,
            scope + amounts + [
                .line(
                    "effectiveFrom", "From", help: "Such as 2026-12-01T00:00:00Z; empty for now.",
                    required: false),
                .line("effectiveUntil", "Until", required: false),
                .choice("draft", "Only as a draft", [yesOrNo[1], yesOrNo[0]]),
                .choice("replaces", "Replace a rule for the same sales", yesOrNo),
            ])
    }

    private static var vatForm: DeskForm {
        .reasoned(
            "Set it", to: "/commission-vat",
            hint: "It holds for the commission of sales from now on; what was sold keeps its own.",
            [
                .line("country", "Sellers in", help: "Two letters, such as DE."),
                .percent("ratePpm", "Rate", PartsPerMillion(percent: 19)),
                .choice("reverseCharge", "Reverse charge with a VAT number", yesOrNo),
            ])
    }

    static func simulation(_ rule: CommissionRule, _ answer: SimulationAnswer) -> DeskPage {
        DeskPage(
            "What \(rule.label) would have changed",
            lead: """
                \(answer.changed) of \(Format.count(answer.orders, "order", "orders")) since \
                \(Format.time(answer.since)). Nothing is changed by looking.
                """,
            tabs: [30, 90, 365].map {
                DeskPage.Tab(
                    label: "\($0) days", href: simulationLink(rule.id, days: $0), isHere: false)
            },
            [
                Block(
                    table: Table(
                        ["Seller", "Orders#", "Charged#", "With the rule#", "Difference#"],
                        answer.sellers.map {
                            [
                                Cell(data: $0.sellerName, to: Links.seller($0.seller)),
                                .number($0.orders), .money($0.charged), .money($0.simulated),
                                .money($0.difference),
                            ]
                        }), nothing: "No seller would have paid more or less.")
            ])
    }
}
