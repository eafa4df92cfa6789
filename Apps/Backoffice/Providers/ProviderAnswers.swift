import Kernel
import ProviderKit
import Vocabulary

/// A module that was found, with the fields from which its form is drawn.
struct ModuleAnswer: Codable {
    struct Field: Codable {
        let key: String
        let label: String
        /// `text`, `document`, `secret`, `url`, `bool`, `integer` or `choice`.
        let kind: String
        let choices: [String]
        let required: Bool
        let help: String
        let fallback: String?

        init(_ field: ConfigurationField) {
            key = field.key
            label = field.label
            (kind, choices) =
                switch field.kind {
                case .text: ("text", [])
                case .document: ("document", [])
                case .secret: ("secret", [])
                case .url: ("url", [])
                case .bool: ("bool", [])
                case .integer: ("integer", [])
                case .choice(let choices): ("choice", choices)
                }
            required = field.required
            help = field.help
            fallback = field.fallback
        }
    }

    let key: String
    let kind: String
    let name: String
    let version: String
    /// Which contract it speaks.
    let contract: Int64
    let summary: String
    let capabilities: [String]
    /// Hosts that it asks to reach, besides the addresses that somebody types.
    let hosts: [String]
    let fields: [Field]
    /// What its last conformance run found; nil when it was never tried.
    let conformance: ConformanceSum?

    init(_ module: ModuleDescriptor, _ reports: [StoredConformance]) {
        // One that speaks another is refused by the loader.
        contract = providerContractVersion
        conformance = reports.of(module).map { ConformanceSum($0.report, ranAt: $0.ranAt) }
        key = module.key
        kind = module.kind.rawValue
        name = module.name
        version = module.version
        summary = module.summary
        capabilities = module.capabilities.map(\.rawValue).sorted()
        hosts = ProviderInstance.hosts(askedBy: module).map(\.name)
        fields = module.fields.map { Field($0) }
    }
}

struct ModulesAnswer: Codable {
    struct Refused: Codable {
        let file: String
        let reason: String
    }
    let modules: [ModuleAnswer]
    /// Files of the modules folder that were not taken.
    let refused: [Refused]
    /// Whether modules that are programs could open sockets of their own: the machine where they
    /// run permits no network namespaces.
    let hasOpenPrograms: Bool
    /// Whether modules are libraries in Swift, which run inside the market's own process: the list
    /// of hosts holds for what they send as the contract says, and for nothing else that they do.
    let hasLibraries: Bool
}

/// A configured provider. Secrets are only named, never shown.
struct ProviderAnswer: Codable {
    struct Setting: Codable {
        let key: String
        let value: String
    }

    let id: ID<ProviderInstance>
    let kind: String
    let module: String
    /// The version that it was made with or moved to; nil for the newest there is.
    let moduleVersion: String?
    let name: String
    let mode: String
    let state: String
    let capture: String
    let version: Int
    let settings: [Setting]
    /// Of the hosts that its module asks to reach, those that an administrator allowed; nil where
    /// nobody was asked yet, and it reaches all of them.
    let allowedHosts: [String]?
    let createdAt: Instant

    init(_ instance: ProviderInstance) {
        id = instance.id
        kind = instance.kind.rawValue
        module = instance.moduleKey
        moduleVersion = instance.moduleVersion
        name = instance.name
        mode = instance.mode.rawValue
        state = instance.state.rawValue
        capture = instance.capture.rawValue
        version = instance.configurationVersion
        settings = instance.settings.sorted { $0.key < $1.key }
            .map { Setting(key: $0.key, value: $0.value) }
        allowedHosts = instance.allowedHosts
        createdAt = instance.createdAt
    }
}

struct ProvidersAnswer: Codable { let items: [ProviderAnswer] }

/// A provider with what it has open and its life so far.
struct ProviderFile: Codable {
    struct Open: Codable {
        let kind: String
        let count: Int
    }

    struct Unreadable: Codable {
        /// The provider's id of the dispute.
        let reference: String
        let problem: String
        let since: Instant
    }

    struct Step: Codable {
        let from: String?
        let to: String
        let reason: String?
        let actorName: String?
        let at: Instant
    }

    struct Host: Codable {
        let host: String
        /// What is not allowed is refused before anything is sent.
        let allowed: Bool
        /// Whether nobody was asked about it yet: an earlier version of the module did not ask.
        let isNew: Bool

        init(_ host: ProviderInstance.Host) {
            self.host = host.name
            allowed = host.isAllowed
            isNew = host.isNew
        }
    }

    let provider: ProviderAnswer
    /// What the version of its module that serves it asks to reach, besides typed addresses.
    let hosts: [Host]
    /// The keys of the secret fields that are set.
    let secrets: [String]
    /// The keys of those before the last change, with which webhooks are still accepted.
    let previousSecrets: [String]
    /// Since when these are accepted although there are newer ones.
    let previousSecretsSince: Instant?
    let health: HealthAnswer
    let webhookUrl: String
    /// What keeps it from being retired; empty when nothing does.
    let open: [Open]
    /// The newest disputes there that the module could make nothing of: a person looks at them
    /// there. They are asked for again every day.
    let unreadableDisputes: [Unreadable]
    let history: [Step]

    /// The others stand in the list of all.
    static let unreadableMax = 20

    init(_ marketplace: Marketplace, _ id: ID<ProviderInstance>) async throws {
        let instance = try await marketplace.providerInstance(id)
        provider = ProviderAnswer(instance)
        hosts =
            try await marketplace.moduleServing(instance)
            .map { instance.hosts(askedBy: $0).map { Host($0) } } ?? []
        secrets = try await marketplace.storedSecrets(of: id).sorted()
        previousSecrets = try await marketplace.previousSecrets(of: id).sorted()
        previousSecretsSince = instance.previousSecretsSince
        health = HealthAnswer(try await marketplace.providerHealth(id))
        webhookUrl = ProviderGateway.webhookURL(
            id, storefront: marketplace.settings.storefrontURL)
        open = try await marketplace.openItemCounts(of: id).map {
            Open(kind: $0.kind.rawValue, count: $0.count)
        }
        unreadableDisputes = try await marketplace.disputesSetAside(
            at: id, PageRequest(limit: Self.unreadableMax)
        ).map { Unreadable(reference: $0.reference, problem: $0.problem, since: $0.since) }
        history = try await marketplace.providerInstanceEvents(id, PageRequest(limit: 100))
            .items.map {
                Step(
                    from: $0.from?.rawValue, to: $0.to.rawValue, reason: $0.reason,
                    actorName: $0.actorName, at: $0.at)
            }
    }
}

struct OpenItemAnswer: Codable {
    let kind: String
    let id: String
    let state: String
    let since: Instant

    init(_ item: OpenItem) {
        kind = item.kind.rawValue
        id = item.id
        state = item.state
        since = item.since
    }
}

struct CheckAnswer: Codable {
    /// What is wrong, a sentence each; empty when all is well.
    let problems: [String]
}

/// One line of the ordered rules.
struct RuleAnswer: Codable {
    let instance: ID<ProviderInstance>
    let currency: Currency?
    let country: String?
    let amountMin: Int64?
    let amountMax: Int64?
    let seller: String?
    let sharePpm: Int64

    init(_ rule: ProviderRule) {
        instance = rule.instance
        currency = rule.currency
        country = rule.country
        amountMin = rule.amountMin
        amountMax = rule.amountMax
        seller = rule.seller
        sharePpm = rule.share.value
    }
}

struct RulesAnswer: Codable {
    let kind: String
    let rules: [RuleAnswer]
}
