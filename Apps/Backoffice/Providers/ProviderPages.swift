import Kernel
import ProviderKit
import Vocabulary
import Web

enum ProviderPages {
    static func list(
        _ modules: [ModuleAnswer], _ refused: [ModulesAnswer.Refused],
        _ instances: [ProviderInstance], open: [ID<ProviderInstance>: Int], warnings: [Block],
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
            ] + warnings)
    }

    private static func rules(for kind: ProviderKind) -> Phrase {
        switch kind {
        case .payment: "rules for payment"
        case .shipping: "rules for shipping"
        case .tax: "rules for tax"
        }
    }

    /// - Parameter versions: of the module, oldest first, from which one is chosen.
    static func new(_ module: ModuleDescriptor, of versions: [ModuleDescriptor]) -> DeskPage {
        DeskPage(
            "Set up \(localized(name: module.name))", lead: .data(localized(name: module.summary)),
            tabs: versions.count < 2
                ? []
                : versions.reversed().map {
                    DeskPage.Tab(
                        label: "Version \($0.version)",
                        href: Links.newProvider(module.key, $0.version),
                        isHere: $0.version == module.version)
                },
            [
                Block(forms: [
                    DeskForm(
                        "Make a draft", to: "/providers",
                        [
                            .hidden("module", module.key),
                            .hidden("moduleVersion", module.version),
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
        leaving left: DeadEnds?, _ admin: Administrator
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
            [facts, health] + unreadable(file) + [life(provider, leaving: left), open]
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

    private static func settings(_ file: ProviderFile, _ module: ModuleDescriptor?) -> [Block] {
        let provider = file.provider
        // A retired one still refunds what it took: its secrets may change.
        guard let module else { return [] }
        let path = "/providers/\(provider.id)/configuration"
        let version = Input.hidden("version", String(provider.version))
        let values = Dictionary(provider.settings.map { ($0.key, $0.value) }) { first, _ in first }
        let isRetired = provider.state == "retired"
        let fields = inputs(
            isRetired ? module.fields.filter(\.isSecret) : module.fields, values,
            stored: Set(file.secrets), mayRemove: true)
        if isRetired {
            guard !fields.isEmpty else { return [] }
            let form = DeskForm.dangerous(
                "Change the secrets", to: path,
                hint: """
                    It still refunds what it took and hears of disputes, from now on with them. \
                    They are checked first. Secrets that are left empty stay.
                    """,
                [
                    version, .hidden("name", provider.name),
                    .hidden("capture", provider.capture),
                ] + fields + [anyway])
            return [Block("Settings", forms: [form])]
        }
        let all =
            [version, .line("name", "Name", provider.name)] + capture(module, provider.capture)
            + fields + hosts(file.hosts)
        let form =
            provider.state == "draft"
            ? DeskForm.reasoned(
                "Change the settings", to: path,
                hint: """
                    They are checked when it is activated. Secrets that are left empty stay.
                    """, all)
            : DeskForm.dangerous(
                "Change the settings", to: path,
                hint: """
                    They are checked first; then whatever this provider is asked, for what is open \
                    too, is asked with them at once. Secrets that are left empty stay.
                    """, all + [anyway])
        return [Block("Settings", forms: [form])]
    }

    /// For who knows better than the module's check, such as while its provider is out of order.
    private static var anyway: Input {
        .check(
            "anyway", "Change them though it does not pass its own check", isChecked: false,
            help: "What is wrong is not said then: check it afterwards.")
    }

    /// Other versions of its module, and the end of secrets that were changed.
    private static func upkeep(
        _ file: ProviderFile, _ modules: [ModuleDescriptor]
    ) -> [Block] {
        let provider = file.provider
        var blocks: [Block] = []
        let others = modules.filter { $0.version != provider.moduleVersion }
        let mayMove = provider.moduleVersion != nil || others.count > 1
        if provider.state != "retired", mayMove, !others.isEmpty {
            let old = modules.first { $0.version == provider.moduleVersion }
            blocks.append(
                Block("Module", forms: others.reversed().map { move(file, to: $0, from: old) }))
        }
        if !file.previousSecrets.isEmpty {
            let form = DeskForm.dangerous(
                "Forget the secrets before", to: "/providers/\(provider.id)/secret-retirement",
                hint: "Webhooks that are signed with them are refused from then on.",
                [.hidden("version", String(provider.version))])
            blocks.append(
                Block(
                    "Changed secrets",
                    text: """
                        Webhooks signed with the secrets before the last change are still accepted.
                        """,
                    facts: file.previousSecretsSince.map {
                        [Fact("Accepted since", Phrase.time($0))]
                    }
                        ?? [],
                    forms: [form]))
        }
        return blocks
    }

    /// Asks for what only that version wants to know.
    private static func move(
        _ file: ProviderFile, to module: ModuleDescriptor, from old: ModuleDescriptor?
    ) -> DeskForm {
        let provider = file.provider
        let values = Dictionary(provider.settings.map { ($0.key, $0.value) }) { first, _ in first }
        let secrets = Set(file.secrets)
        let added = module.added(since: old, stored: secrets.union(values.keys))
        // No stored secret goes to an address that is typed now.
        let mayGoElsewhere = added.contains { $0.kind == .url }
        let again = module.fields.filter { field in
            mayGoElsewhere && secrets.contains(field.key) && field.isSecret
                && !added.contains { $0.key == field.key }
        }
        return .dangerous(
            "Change to version \(module.version)", to: "/providers/\(provider.id)/module",
            hint: """
                That version is checked with these settings, then serves what is open and what \
                comes, in all processes at once.
                """,
            [
                .hidden("version", String(provider.version)),
                .hidden("moduleVersion", module.version),
            ] + inputs(added + again, values, stored: secrets) + newHosts(file, [module]))
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
}
