import Kernel
import ProviderKit
import Vocabulary
import Web

enum ProviderPages {
    static func list(
        _ modules: [ModuleAnswer], _ refused: [ModulesAnswer.Refused],
        _ instances: [ProviderInstance], open: [ID<ProviderInstance>: Int], hasOpenPrograms: Bool,
        _ admin: Administrator
    ) -> DeskPage {
        let mayRun = Duty.runProviders.isAllowed(to: admin.roles)
        let rows = instances.map { instance in
            [
                Cell(data: instance.name, to: Links.provider(instance.id)),
                Cell(data: instance.kind.rawValue.inWords),
                Cell(data: instance.moduleKey), .state(instance.state),
                Cell(data: open[instance.id].map { String($0) } ?? "", isNumber: true),
                Cell(data: instance.mode.rawValue.inWords), .time(instance.createdAt),
            ]
        }
        return DeskPage(
            "Providers",
            tabs: ProviderKind.allCases.map {
                DeskPage.Tab(
                    label: rules(for: $0), href: "/provider-rules/\($0.rawValue)",
                    isHere: false)
            },
            [
                Block(
                    table: Table(
                        ["Name", "Kind", "Module", "State", "Open#", "Mode", "Since"], rows),
                    nothing: "No provider is set up yet."),
                Block(
                    "Modules that were found",
                    table: ModulePages.table(modules, mayRun: mayRun),
                    nothing: "The modules folder is empty."),
                Block(
                    refused.isEmpty ? nil : "Files that were not taken",
                    table: Table(
                        ["File", "Reason"],
                        refused.map {
                            [Cell(data: $0.file), Cell(data: localized(sentence: $0.reason))]
                        })),
            ] + (hasOpenPrograms ? [ModulePages.openPrograms] : []))
    }

    private static func rules(for kind: ProviderKind) -> Phrase {
        switch kind {
        case .payment: "rules for payment"
        case .shipping: "rules for shipping"
        case .tax: "rules for tax"
        }
    }

    static func new(_ module: ModuleDescriptor) -> DeskPage {
        DeskPage(
            "Set up \(localized(name: module.name))", lead: .data(localized(name: module.summary)),
            [
                Block(forms: [
                    DeskForm(
                        "Make a draft", to: "/providers",
                        [
                            .hidden("module", module.key),
                            .line("name", "Name", localized(name: module.name)),
                            .choice(
                                "mode", "Mode",
                                ProviderInstance.Mode.allCases.map {
                                    (key: $0.rawValue, text: Phrase.data($0.rawValue.inWords))
                                }),
                        ] + capture(module, nil) + inputs(module.fields, [:], stored: [])
                            + hosts(
                                ProviderInstance.hosts(askedBy: module).map {
                                    ProviderFile.Host($0)
                                }))
                ])
            ])
    }

    static func show(
        _ file: ProviderFile, _ modules: [ModuleDescriptor], _ health: Block,
        _ admin: Administrator
    ) -> DeskPage {
        let provider = file.provider
        let module =
            modules.first { $0.version == provider.moduleVersion } ?? modules.last
        let version = provider.moduleVersion ?? ""
        let facts = Block(
            text: asked(file),
            facts: [
                Fact("State", state: provider.state), Fact("Kind", data: provider.kind.inWords),
                Fact(
                    "Module",
                    module == nil
                        ? "\(provider.module) \(version) (not in the modules folder)"
                        : "\(provider.module) \(version)",
                    to: "/provider-modules/\(provider.module)"),
                Fact("Mode", data: provider.mode.inWords),
                Fact("Captured", data: provider.capture.inWords),
                reach(file),
                Fact("Webhooks come to", data: file.webhookUrl),
                Fact("Audit trail", "show", to: Links.trail("provider_instance", "\(provider.id)")),
            ])
        let mayRun = Duty.runProviders.isAllowed(to: admin.roles)
        let open = Self.open(file, mayRun: mayRun)
        let history = Block(
            "History",
            timeline: file.history.map { step in
                let from = step.from.map { "\($0.inWords) → " } ?? ""
                return Moment(step.at, from + step.to.inWords, by: step.actorName, step.reason)
            })
        guard mayRun else {
            return DeskPage(
                .data(provider.name), [facts, health] + unreadable(file) + [open, history])
        }
        return DeskPage(
            .data(provider.name),
            [facts, health] + unreadable(file) + [life(provider), open]
                + settings(file, module)
                + upkeep(file, modules) + [history])
    }

    /// What of it is open.
    private static func open(_ file: ProviderFile, mayRun: Bool) -> Block {
        let isDraining = file.provider.state == "draining"
        let isWatching = file.open.contains { $0.kind == OpenItems.Kind.call.rawValue }
        let end = DeskForm.dangerous(
            "Nothing more will come", to: "/providers/\(file.provider.id)/watch-end",
            hint: """
                Payments that are over are watched for a day, since a payer may send the money \
                late. Each is looked up now; what nothing came of holds the provider open no more. \
                Late money is found all the same, and listed under money to look at.
                """)
        let watch = Fact("Live", "watch it drain", to: "/providers/\(file.provider.id)/drain")
        return Block(
            "Open", text: "It can be retired when nothing of it is open.",
            facts: isDraining ? [watch] : [],
            table: Table(
                ["What", "How many#"],
                file.open.map { item in
                    [
                        Cell(
                            data: localized(
                                name: OpenItems.Kind(rawValue: item.kind)?.label ?? item.kind),
                            to: Links.with(
                                "/providers/\(file.provider.id)/open", [("kind", item.kind)])),
                        .number(item.count),
                    ]
                }), forms: mayRun && isDraining && isWatching ? [end] : [],
            nothing: "Nothing of it is open.")
    }

    /// How many things are still open, asked again every two seconds until there is none.
    static func drain(_ file: ProviderFile) -> DeskPage {
        let left = file.open.reduce(0) { $0 + $1.count }
        let isFull = file.open.contains { $0.count >= OpenItems.countMax }
        var page = DeskPage(
            isFull
                ? "\(file.provider.name): \(left) or more open"
                : "\(file.provider.name): \(left) open",
            lead: left == 0
                ? "Nothing of it is open: it can be retired."
                : "Counted anew every two seconds.",
            [
                Block(facts: [
                    Fact("State", state: file.provider.state),
                    Fact(
                        "Provider", data: file.provider.name, to: Links.provider(file.provider.id)),
                ]), open(file, mayRun: false),
            ])
        let path = "/providers/\(file.provider.id)/drain"
        page.refresh = left == 0 ? nil : PageRefresh(seconds: 2, path: path)
        return page
    }

    private static func life(_ provider: ProviderAnswer) -> Block {
        guard let state = ProviderInstance.State(rawValue: provider.state) else { return Block() }
        let path = "/providers/\(provider.id)"
        let moves: [(ProviderInstance.State, DeskForm)] = [
            (
                .active,
                .dangerous(
                    "Activate", to: path + "/activation",
                    hint: """
                        Its settings are checked once more; then the rules may send new business \
                        to it at once.
                        """)
            ),
            (
                .paused,
                .dangerous(
                    "Pause", to: path + "/pause",
                    hint: """
                        It gets no new business until it is active again. What it made goes on.
                        """)
            ),
            (
                .draining,
                .dangerous(
                    "Drain", to: path + "/drain",
                    hint: """
                        It gets no new business any more. It captures, refunds, pays out and \
                        hears webhooks for what it made, until it can be retired.
                        """)
            ),
            (
                .retired,
                .dangerous(
                    "Retire", to: path + "/retirement",
                    hint: """
                        The end of it: it never comes back. It is refused while anything that it \
                        made is open.
                        """)
            ),
        ]
        let possible = moves.filter { state.next.contains($0.0) }.map(\.1)
        let check = DeskForm("Check that it works", to: "\(path)/check")
        return Block(
            "Decide", forms: state == .retired ? [] : [check] + possible,
            nothing: nil)
    }

    private static func settings(_ file: ProviderFile, _ module: ModuleDescriptor?) -> [Block] {
        let provider = file.provider
        guard let module, provider.state != "retired" else { return [] }
        let values = Dictionary(provider.settings.map { ($0.key, $0.value) }) { first, _ in first }
        let form = DeskForm.reasoned(
            "Change the settings", to: "/providers/\(provider.id)/configuration",
            hint: """
                Whatever this provider is asked from now on, for what is open too, is asked with \
                them. Secrets that are left empty stay.
                """,
            [
                .hidden("version", String(provider.version)),
                .line("name", "Name", provider.name),
            ] + capture(module, provider.capture)
                + inputs(module.fields, values, stored: Set(file.secrets)) + hosts(file.hosts))
        return [Block("Settings", forms: [form])]
    }

    /// Other versions of its module, and the end of secrets that were changed.
    private static func upkeep(
        _ file: ProviderFile, _ modules: [ModuleDescriptor]
    ) -> [Block] {
        let provider = file.provider
        let path = "/providers/\(provider.id)"
        guard provider.state != "retired" else { return [] }
        let version = Input.hidden("version", String(provider.version))
        var blocks: [Block] = []
        if modules.count > 1 {
            let form = DeskForm.dangerous(
                "Change the version", to: "\(path)/module",
                hint: """
                    That version is checked with these settings, then serves what is open and what \
                    comes, in all processes at once.
                    """,
                [
                    version,
                    .choice(
                        "moduleVersion", "Version of the module",
                        modules.map { (key: $0.version, text: Phrase.data($0.version)) },
                        chosen: provider.moduleVersion),
                ] + newHosts(file, modules))
            blocks.append(Block("Module", forms: [form]))
        }
        if !file.previousSecrets.isEmpty {
            let form = DeskForm.dangerous(
                "Forget the secrets before", to: "\(path)/secret-retirement",
                hint: "Webhooks that are signed with them are refused from then on.", [version])
            blocks.append(
                Block(
                    "Changed secrets",
                    text: """
                        Webhooks signed with the secrets before the last change are still accepted.
                        """, forms: [form]))
        }
        return blocks
    }

    /// Only where there are any.
    private static func unreadable(_ file: ProviderFile) -> [Block] {
        guard !file.unreadableDisputes.isEmpty else { return [] }
        return [
            Block(
                "Disputes that cannot be read",
                text: """
                    The module could make nothing of these; look at them at the provider. They \
                    are asked for again every day.
                    """,
                table: Table(
                    ["Dispute", "Problem", "Since"],
                    file.unreadableDisputes.map {
                        [Cell(data: $0.reference), Cell(data: $0.problem), .time($0.since)]
                    }),
                more: file.unreadableDisputes.count == ProviderFile.unreadableMax
                    ? "/disputes/unreadable?provider=\(file.provider.id)" : nil)
        ]
    }

    static func open(
        _ id: ID<ProviderInstance>, _ kind: String, _ page: Kernel.Page<OpenItem>
    ) -> DeskPage {
        let path = "/providers/\(id)/open"
        return DeskPage(
            "What is open", lead: "Oldest first.",
            tabs: OpenItems.Kind.allCases.map {
                DeskPage.Tab(
                    label: .data(localized(name: $0.label)),
                    href: Links.with(path, [("kind", $0.rawValue)]),
                    isHere: $0.rawValue == kind)
            },
            [
                Block(
                    table: Table(
                        ["Id", "State", "Since"],
                        page.items.map {
                            [Cell(data: $0.id), $0.state.stateCell, .time($0.since)]
                        }),
                    nothing: "Nothing of this kind is open.",
                    more: page.next.map {
                        Links.with(path, [("kind", kind), ("after", Cursor.seal($0))])
                    })
            ])
    }

    /// Asked only of modules that can capture later than they authorize.
    private static func capture(_ module: ModuleDescriptor, _ chosen: String?) -> [Input] {
        guard module.capabilities.contains(.separateCapture) else {
            return [.hidden("capture", chosen ?? ProviderInstance.Capture.atOrder.rawValue)]
        }
        return [
            .choice(
                "capture", "When payments are captured",
                [
                    (key: "at_order", text: "all with the order"),
                    (key: "at_shipment", text: "each artisan's part at shipment"),
                ], chosen: chosen,
                help: module.capabilities.contains(.multipleCaptures)
                    ? nil
                    : """
                    This provider captures a payment once: a purchase from one artisan is \
                    captured whole at its first parcel, one from several with the order.
                    """)
        ]
    }

    /// An input for each of the module's fields. Secrets are never shown again.
    private static func inputs(
        _ fields: [ConfigurationField], _ values: [String: String], stored: Set<String>
    ) -> [Input] {
        fields.enumerated().flatMap { index, field in
            let name = "settings.\(index)."
            let value = values[field.key] ?? ""
            return [
                Input.hidden(name + "key", field.key),
                input(field, name + "value", value, isStored: stored.contains(field.key)),
            ]
        }
    }

    private static func input(
        _ field: ConfigurationField, _ name: String, _ value: String, isStored: Bool
    ) -> Input {
        let needed = field.required && field.fallback == nil
        let otherwise = field.emptyMeans
        // What a module says of its settings is its own text; the catalogues have it of ours.
        let label = Phrase.data(localized(name: field.label))
        let helped = localized(name: field.help)
        let said = helped.isEmpty || ".…!?".contains(helped.suffix(1))
        let told = [helped + (said ? "" : "."), otherwise?.text ?? ""]
            .filter { !$0.isEmpty }.joined(separator: " ")
        let help = Phrase.data(told)
        switch field.kind {
        case .secret:
            let kept: Phrase = isStored ? "It is set; leave this empty to keep it." : ""
            return .line(
                name, label, "", help: "\(told) \(kept)",
                required: needed && !isStored, type: "password")
        case .document: return .area(name, label, value, help: help, required: needed)
        case .bool:
            return .choice(
                name, label,
                [
                    (key: "", text: "—"), (key: "true", text: "yes"),
                    (key: "false", text: "no"),
                ], chosen: value, help: help)
        case .choice(let choices):
            let none: [(key: String, text: Phrase)] = needed ? [] : [(key: "", text: "—")]
            return .choice(
                name, label, none + choices.map { (key: $0, text: Phrase.data($0)) }, chosen: value,
                help: help)
        case .integer:
            return .line(name, label, value, help: help, required: needed, type: "number")
        case .url:
            return .line(name, label, value, help: help, required: needed, type: "url")
        case .text: return .line(name, label, value, help: help, required: needed)
        }
    }
}
