import Kernel
import ProviderKit
import Vocabulary
import Web

/// Provider modules, the instances made of them, and their life.
struct ProviderRoutes {
    struct ProviderPath: Described { let provider: ID<ProviderInstance> }

    struct Retirement: Described {
        let version: Int
        let reason: String
        static let rules: [String: [Rule]] = [
            "version": [.range(1...1_000_000_000)], "reason": [.length(3...500)],
        ]
    }

    struct NewQuery: Described {
        let module: String
        /// The newest, unless it says another one.
        let version: String?
        static let rules: [String: [Rule]] = [
            "module": [.length(1...80)], "version": [.length(1...40)],
        ]
    }

    struct ListFilter: Described {
        let kind: ProviderKind?
    }

    struct OpenQuery: Described {
        let kind: String
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "kind": [.choice(OpenItems.Kind.allCases.map(\.rawValue))],
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]
    }

    let desk: Desk

    func mount() {
        pages()
        reads()
        configuration()
        life()
        versions()
        RuleRoutes(desk: desk).mount()
        ModuleRoutes(desk: desk).mount()
    }

    private func pages() {
        desk.page("/providers", .readProviders) { call, admin in
            let reports = try await call.marketplace.conformanceReports()
            let instances = try await call.marketplace.providerInstances()
            var open: [ID<ProviderInstance>: Int] = [:]
            // Nothing was made with a draft, and nothing is left of what is retired.
            for instance in instances where instance.state != .draft && instance.state != .retired {
                open[instance.id] = try await call.marketplace.openItemCounts(of: instance.id)
                    .reduce(0) { $0 + $1.count }
            }
            return ProviderPages.list(
                try await call.marketplace.providerModules().map { ModuleAnswer($0, reports) },
                ModuleRoutes.refused(call.marketplace), instances, open: open,
                warnings: await ModuleRoutes.warnings(call.marketplace), admin)
        }
        desk.page("/providers/new", .runProviders, query: NewQuery.self) { call, _ in
            let versions = try await Self.versions(of: call.query.module, call.marketplace)
            let wanted = call.query.version ?? versions.last?.version
            guard let module = versions.first(where: { $0.version == wanted }) else {
                throw ProviderRefusal.versionMissing(
                    module: call.query.module, version: wanted ?? "", field: "version")
            }
            return ProviderPages.new(module, of: versions)
        }
        desk.page("/providers/{provider}", .readProviders, path: ProviderPath.self) {
            call, admin in
            let file = try await ProviderFile(call.marketplace, call.path.provider)
            let modules = try await call.marketplace.providerModules()
                .filter { $0.key == file.provider.module }
            let health = try await call.marketplace.providerHealth(call.path.provider)
            return ProviderPages.show(
                file, modules, HealthBlock.show(health),
                leaving: try await call.marketplace.deadEnds(without: call.path.provider), admin)
        }
        desk.page("/providers/{provider}/drain", .readProviders, path: ProviderPath.self) {
            call, _ in
            ProviderPages.drain(try await ProviderFile(call.marketplace, call.path.provider))
        }
        desk.page(
            "/providers/{provider}/open", .readProviders, path: ProviderPath.self,
            query: OpenQuery.self
        ) { call, _ in
            let page = try await Self.open(call.marketplace, call.path.provider, call.query)
            return ProviderPages.open(call.path.provider, call.query.kind, page)
        }
    }

    private func reads() {
        desk.read(
            "/providers", "All providers, oldest first", tag: "Providers", .readProviders,
            query: ListFilter.self
        ) { call, _ in
            ProvidersAnswer(
                items: try await call.marketplace.providerInstances(call.query.kind)
                    .map { ProviderAnswer($0) })
        }
        desk.read(
            "/providers/{provider}", "A provider with what it has open and its history",
            tag: "Providers", .readProviders, path: ProviderPath.self
        ) { call, _ in try await ProviderFile(call.marketplace, call.path.provider) }
        desk.read(
            "/providers/{provider}/open", "What a provider made that is not settled",
            tag: "Providers", .readProviders, path: ProviderPath.self, query: OpenQuery.self
        ) { call, _ in
            Listed(try await Self.open(call.marketplace, call.path.provider, call.query)) {
                OpenItemAnswer($0)
            }
        }
    }

    private func configuration() {
        let add = Act<Nothing>(
            "/providers", "Add a draft of a provider", tag: "Providers", .runProviders,
            done: "The draft is there. Check it, then activate it.", back: { _ in "/providers" })
        desk.act(add, input: NewProvider.self) { marketplace, _, input, admin in
            _ = try await Self.versions(of: input.module, marketplace)
            return ProviderAnswer(
                try await marketplace.createProviderInstance(
                    module: input.module, version: input.moduleVersion, name: input.name,
                    mode: input.mode.flatMap(ProviderInstance.Mode.init(rawValue:)) ?? .sandbox,
                    capture: input.capture.flatMap(ProviderInstance.Capture.init(rawValue:))
                        ?? .atOrder,
                    settings: Self.values(input.settings), allowing: Self.allowed(input.hosts),
                    as: admin.account.id))
        }
        var change = Act<ProviderPath>(
            "/providers/{provider}/configuration", "Change name and settings",
            tag: "Providers", .runProviders, done: "The settings are changed.",
            back: { Links.provider($0.provider) })
        change.refusals.append(.unavailable)
        desk.act(change, input: Change.self) { marketplace, path, input, admin in
            ProviderAnswer(
                try await marketplace.changeProviderInstance(
                    path.provider, version: input.version, name: input.name,
                    capture: ProviderInstance.Capture(rawValue: input.capture) ?? .atOrder,
                    settings: Self.values(
                        input.settings.map { Setting(key: $0.key, value: $0.value) }),
                    removing: Set(input.settings.filter { $0.removed == true }.map(\.key)),
                    allowing: Self.allowed(input.hosts), anyway: input.anyway ?? false,
                    reason: input.reason, as: admin.account.id))
        }
        desk.api.post("/providers/{provider}/check", "Ask whether it works", tag: "Providers")
            .path(ProviderPath.self).refuses(.unavailable)
            .handle(as: Administrator.self, needing: Duty.runProviders.roles) { call, _ in
                CheckAnswer(
                    problems: try await call.marketplace.checkProviderInstance(
                        call.path.provider))
            }
        desk.routes.post("/providers/{provider}/check").path(ProviderPath.self)
            .show(as: Administrator.self, needing: Duty.runProviders.roles) { call, _ in
                let problems = try await call.marketplace.checkProviderInstance(
                    call.path.provider)
                let page = Links.provider(call.path.provider)
                return problems.isEmpty
                    ? .seeOther(page, notice: "The provider works with these settings.")
                    : .seeOther(page, warning: problems.joined(separator: " "))
            }
    }

    private func versions() {
        let back: @Sendable (ProviderPath) -> String = { Links.provider($0.provider) }
        var move = Act<ProviderPath>(
            "/providers/{provider}/module", "Give a provider another version of its module",
            tag: "Providers", .runProviders, done: "That version serves it now.", back: back)
        move.refusals.append(.unavailable)
        desk.act(move, input: NewVersion.self) { marketplace, path, input, admin in
            ProviderAnswer(
                try await marketplace.changeModuleVersion(
                    path.provider, version: input.version, to: input.moduleVersion,
                    settings: Self.values(input.settings ?? []),
                    allowingNewHosts: input.newHostsAllowed ?? false, reason: input.reason,
                    as: admin.account.id))
        }
        desk.act(
            Act<ProviderPath>(
                "/providers/{provider}/secret-retirement",
                "Accept webhooks with the present secrets only", tag: "Providers", .runProviders,
                done: "The secrets before the last change are forgotten.", back: back),
            input: Retirement.self
        ) { marketplace, path, input, admin in
            ProviderAnswer(
                try await marketplace.forgetPreviousSecrets(
                    path.provider, version: input.version, reason: input.reason,
                    as: admin.account.id))
        }
    }

    private func life() {
        desk.act(
            Act<ProviderPath>(
                "/providers/{provider}/watch-end",
                "Say that nothing more comes of payments that are over", tag: "Providers",
                .runProviders,
                done: "They were looked up. What nothing came of holds it open no more.",
                back: { Links.provider($0.provider) }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.endWatch(
                at: path.provider, reason: input.reason, by: admin.account.id)
        }
        move("activation", "Let it take new business", done: "It takes new business now.") {
            try await $0.activateProviderInstance($1, reason: $2, as: $3)
        }
        move("pause", "No new business for a while", done: "It is paused.") {
            try await $0.pauseProviderInstance($1, reason: $2, as: $3)
        }
        move("drain", "No new business any more", done: "It drains.") {
            try await $0.drainProviderInstance($1, reason: $2, as: $3)
        }
        move("retirement", "The end of it", done: "It is retired.") {
            try await $0.retireProviderInstance($1, reason: $2, as: $3)
        }
    }

    private func move(
        _ noun: String, _ summary: String, done: Phrase,
        _ perform:
            @escaping @Sendable (Marketplace, ID<ProviderInstance>, String, ID<Account>)
            async throws -> ProviderInstance
    ) {
        var act = Act<ProviderPath>(
            "/providers/{provider}/\(noun)", summary, tag: "Providers", .runProviders, done: done,
            back: { Links.provider($0.provider) })
        act.refusals.append(.unavailable)
        desk.act(act, input: Reason.self) { marketplace, path, input, admin in
            ProviderAnswer(
                try await perform(marketplace, path.provider, input.reason, admin.account.id))
        }
    }

    private static func values(_ settings: [Setting]) -> [String: String] {
        Dictionary(settings.map { ($0.key, $0.value) }) { _, last in last }
    }

    private static func allowed(_ hosts: [HostChoice]?) -> Set<String>? {
        hosts.map { Set($0.filter(\.allowed).map(\.host)) }
    }

    /// The versions of a module that were found, oldest first.
    private static func versions(
        of key: String, _ marketplace: Marketplace
    ) async throws -> [ModuleDescriptor] {
        let versions = try await marketplace.providerModules().filter { $0.key == key }
        guard !versions.isEmpty else { throw BackofficeRefusal.moduleUnknown }
        return versions
    }

    private static func open(
        _ marketplace: Marketplace, _ id: ID<ProviderInstance>, _ query: OpenQuery
    ) async throws -> Kernel.Page<OpenItem> {
        let page = PageRequest(
            after: try query.after.map { try Cursor.open($0) }, limit: query.limit ?? 50)
        return try await marketplace.openItems(
            of: id, OpenItems.Kind(rawValue: query.kind) ?? .payment, page)
    }
}
