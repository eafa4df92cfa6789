public import ProviderKit
public import Vocabulary

/// What a provider host is asked about itself, apart from the calls to modules.
enum DeskQuestion: Hashable, Sendable, Codable {
    /// What the instance of the call is made of.
    case open
    case status
    /// Have the supervisor put a new host beside this one.
    case replace
    /// Anything that the market's side of the host answers, in its own JSON.
    case market(body: Base64)
    /// To a module's program: make an object with these settings, and call it as the call does.
    case make(settings: InstanceSettings)
    /// From a module's program: send this over the way out of the instance of the call.
    case send(request: HTTPRequest, deadline: Instant)
}

/// What an instance is made of, as its host has loaded it.
public struct OpenedInstance: Hashable, Sendable, Codable {
    public let descriptor: ModuleDescriptor
    public let roles: Set<ProviderRole>

    init(descriptor: ModuleDescriptor, roles: Set<ProviderRole>) {
        self.descriptor = descriptor
        self.roles = roles
    }

    /// A host that is newer than the process that asks it may name a role that came since: nobody
    /// here asks for it, and everything else is served as before.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        descriptor = try container.decode(ModuleDescriptor.self, forKey: .descriptor)
        let names = try container.decode([String].self, forKey: .roles)
        roles = Set(names.compactMap(ProviderRole.init(rawValue:)))
    }
}

/// How a provider host is.
public struct HostStatus: Hashable, Sendable, Codable {
    public let pid: Int32
    public let startedAt: Instant
    /// Calls that are under way.
    public let underWay: Int
    /// Calls that were answered since the start, and those of them that threw.
    public let served: Int
    public let failed: Int
    public let connections: Int
    /// Modules that it has loaded: key and version.
    public let modules: [String]
    /// Whether nobody but root can read its memory, where secrets stand; nil from a host that does
    /// not say.
    public let isMemoryClosed: Bool?
    /// Whether modules' programs have no network but the host's; nil from a host that does not say.
    public let areProgramsApart: Bool?
}
