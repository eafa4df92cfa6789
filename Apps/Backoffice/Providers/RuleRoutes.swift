import Kernel
import ProviderKit
import Vocabulary
import Web

/// The ordered rules that say which provider serves a new checkout.
struct RuleRoutes {
    struct KindPath: Described { let kind: ProviderKind }

    struct RuleInput: Described {
        /// A rule without a provider is left out.
        let instance: ID<ProviderInstance>?
        let currency: Currency?
        let country: String?
        /// Minor units.
        let amountMin: Int64?
        let amountMax: Int64?
        let seller: ID<Seller>?
        let sharePpm: Int64?
        static let rules: [String: [Rule]] = [
            "country": [.pattern(.country)], "amountMin": [.range(0...Money.amountMax)],
            "amountMax": [.range(0...Money.amountMax)],
            "sharePpm": [
                .range(0...1_000_000), .about("Of the checkouts that fit, parts per million."),
            ],
        ]
    }

    struct Rules: Described {
        let rules: [RuleInput]
        let reason: String
        static let rules: [String: [Rule]] = [
            "rules": [.count(0...ProviderRule.listMax)], "reason": [.length(3...500)],
        ]
    }

    let desk: Desk

    func mount() {
        desk.page("/provider-rules/{kind}", .readProviders, path: KindPath.self) { call, admin in
            try await Self.page(call.marketplace, call.path.kind, admin)
        }
        desk.read(
            "/provider-rules/{kind}", "The rules of a kind, in order", tag: "Providers",
            .readProviders, path: KindPath.self
        ) { call, _ in try await Self.answer(call.marketplace, call.path.kind) }
        desk.act(
            Act<KindPath>(
                "/provider-rules/{kind}", "Replace the rules of a kind", tag: "Providers",
                .runProviders, done: "The rules hold for every checkout that begins now.",
                back: { "/provider-rules/\($0.kind.rawValue)" }), input: Rules.self
        ) { marketplace, path, input, admin in
            let rules = input.rules.compactMap { Self.rule($0, path.kind) }
            try await marketplace.setProviderRules(
                path.kind, rules, reason: input.reason, as: admin.account.id)
            return try await Self.answer(marketplace, path.kind)
        }
    }

    private static func rule(_ input: RuleInput, _ kind: ProviderKind) -> ProviderRule? {
        input.instance.map {
            ProviderRule(
                kind: kind, instance: $0, currency: input.currency, country: input.country,
                amountMin: input.amountMin, amountMax: input.amountMax,
                seller: input.seller?.description,
                share: PartsPerMillion(input.sharePpm ?? 1_000_000))
        }
    }

    private static func answer(
        _ marketplace: Marketplace, _ kind: ProviderKind
    ) async throws -> RulesAnswer {
        RulesAnswer(
            kind: kind.rawValue,
            rules: try await marketplace.providerRules(kind).map { RuleAnswer($0) })
    }

    private static func page(
        _ marketplace: Marketplace, _ kind: ProviderKind, _ admin: Administrator
    ) async throws -> DeskPage {
        let rules = try await marketplace.providerRules(kind)
        let instances = try await marketplace.providerInstances(kind)
            .filter { $0.state != .retired }
        let names = Dictionary(instances.map { ($0.id, $0.name) }) { first, _ in first }
        let table = Table(
            ["No#", "Provider", "Currency", "Country", "From", "To|until", "Seller", "Share"],
            rules.enumerated().map { index, rule in
                [
                    .number(index + 1),
                    Cell(
                        names[rule.instance].map(Phrase.data) ?? "retired",
                        to: Links.provider(rule.instance)),
                    Cell(rule.currency.map { Phrase.data($0.code) } ?? "any"),
                    Cell(rule.country.map(Phrase.data) ?? "any"),
                    Cell(data: rule.money(\.amountMin).map { Format.money($0) } ?? ""),
                    Cell(data: rule.money(\.amountMax).map { Format.money($0) } ?? ""),
                    rule.seller.flatMap { ID<Seller>($0) }.map {
                        Cell("this one", to: Links.seller($0))
                    } ?? Cell("any"),
                    Cell(data: Format.decimal(rule.share.percentText)),
                ]
            })
        let ends = try await marketplace.deadEnds(kind)
        var blocks = [
            Block(
                text: meaning(of: kind), table: table,
                nothing: "There is no rule: every active provider is offered.")
        ]
        if let ends { blocks.insert(Block(warning(ends), text: advice), at: 0) }
        if Duty.runProviders.isAllowed(to: admin.roles) {
            blocks.append(Block("Change them", forms: [form(kind, rules, instances)]))
        }
        let tabs = ProviderKind.allCases.map {
            DeskPage.Tab(
                label: .data($0.rawValue.inWords), href: "/provider-rules/\($0.rawValue)",
                isHere: $0 == kind)
        }
        return DeskPage(title(kind), tabs: tabs, blocks)
    }

    /// How the list is read.
    private static func meaning(of kind: ProviderKind) -> Phrase {
        switch kind {
        case .payment:
            """
            The providers of all rules that fit a checkout are offered, in this order. One whose \
            share the checkout does not fall into is left out, unless the others are down or offer \
            nothing.
            """
        case .shipping, .tax:
            """
            The first rule that fits, and whose share the checkout falls into, serves it; the next \
            ones are its fallback.
            """
        }
    }

    private static func warning(_ ends: DeadEnds) -> Phrase {
        let names = ends.names.joined(separator: ", ")
        return ends.isAll
            ? "None leads to a provider that takes new business, but only to: \(names)."
            : "Some lead only to providers that take no new business: \(names)."
    }

    private static let advice: Phrase = """
        Nobody serves the checkouts that they are for. Name an active provider in the rules, or \
        activate one of these.
        """

    private static func title(_ kind: ProviderKind) -> Phrase {
        switch kind {
        case .payment: "Rules for payment"
        case .shipping: "Rules for shipping"
        case .tax: "Rules for tax"
        }
    }

    /// A row of inputs for each rule, and one for a new one before them and one behind: what is
    /// tried on a few checkouts comes first, or the rule that takes all leaves it none.
    private static func form(
        _ kind: ProviderKind, _ rules: [ProviderRule], _ instances: [ProviderInstance]
    ) -> DeskForm {
        let choices: [(key: String, text: Phrase)] =
            [(key: "", text: "— no rule —")]
            + instances.map {
                (key: $0.id.description, text: "\($0.name) (\($0.state.rawValue.inWords))")
            }
        let shown = (rules.isEmpty ? [] : [nil]) + rules.map { Optional($0) } + [nil]
        let inputs = shown.enumerated().flatMap { index, rule -> [Input] in
            let name = "rules.\(index)."
            let words: Phrase =
                if rule != nil { "Rule \(index)" } else if index > 0 || rules.isEmpty {
                    "One more rule"
                } else { "A new rule before them" }
            let fields: [Input] = [
                .choice(
                    name + "instance", "Provider", choices, chosen: rule?.instance.description),
                .line(
                    name + "currency", "Only for this currency", rule?.currency?.code ?? "",
                    required: false),
                .line(
                    name + "country", "Only for this country", rule?.country ?? "",
                    required: false),
                .amount(
                    name + "amountMin", "From this amount", in: name + "currency",
                    rule?.money(\.amountMin), required: false),
                .amount(
                    name + "amountMax", "Up to this amount", in: name + "currency",
                    rule?.money(\.amountMax), required: false),
                .line(
                    name + "seller", "Only with this seller", rule?.seller ?? "", required: false),
                .percent(
                    name + "sharePpm", "Share of what fits",
                    rule?.share ?? PartsPerMillion(percent: 100),
                    help: "In percent of the checkouts, such as 5."),
            ]
            return Input.group(words, fields)
        }
        return .reasoned(
            "Set the rules", to: "/provider-rules/\(kind.rawValue)",
            hint: """
                What begins from now on goes by them, in all apps within a second. What is under \
                way stays with its provider. A rule that names a draft, or one that is paused or \
                drains, serves nobody.
                """, inputs)
    }
}

extension ProviderRule {
    /// One of its amounts, which it has only with a currency.
    fileprivate func money(_ amount: KeyPath<ProviderRule, Int64?>) -> Money? {
        guard let currency, let amount = self[keyPath: amount] else { return nil }
        return Money(amount, currency)
    }
}
