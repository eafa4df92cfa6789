/// One setting of a module, from which the admin form is drawn.
public struct ConfigurationField: Hashable, Sendable, Codable {
    public enum Kind: Hashable, Sendable, Codable {
        case text
        /// Several lines, such as a table in JSON.
        case document
        /// Stored encrypted, never shown again, never logged.
        case secret
        /// https; its host may then be talked to. http leads only to hosts of this machine or a
        /// private network, which the operator has allowed by name.
        case url
        /// `true` or `false`.
        case bool
        case integer
        case choice([String])
    }

    public var key: String
    public var label: String
    public var kind: Kind
    public var required: Bool
    /// One sentence under the field.
    public var help: String
    /// Taken when the field is left empty.
    public var fallback: String?

    public init(
        _ key: String, label: String, kind: Kind = .text, required: Bool = false,
        help: String = "", fallback: String? = nil
    ) {
        self.key = key
        self.label = label
        self.kind = kind
        self.required = required
        self.help = help
        self.fallback = fallback
    }

    public var isSecret: Bool { kind == .secret }

    /// What is wrong with `value` for this field, as a sentence; nil when nothing is.
    public func problem(with value: String?) -> String? {
        guard let value, !value.isEmpty else {
            return required && fallback == nil ? "\(label) is needed." : nil
        }
        guard value.utf8.count <= Self.valueBytesMax else { return "\(label) is too long." }
        switch kind {
        case .text, .document, .secret: return nil
        case .url:
            return WebAddress(value) == nil
                ? "\(label) must start with http:// or https:// and name a host." : nil
        case .bool:
            return value == "true" || value == "false" ? nil : "\(label) is either true or false."
        case .integer:
            return Int64(value) == nil ? "\(label) must be a whole number." : nil
        case .choice(let choices):
            return choices.contains(value)
                ? nil : "\(label) must be one of: \(choices.joined(separator: ", "))."
        }
    }

    /// A rate table of some thousand rows fits; a mistaken upload does not.
    public static let valueBytesMax = 262_144
}

extension ModuleDescriptor {
    /// What is wrong with these settings by the module's own fields, by key: missing, malformed
    /// and unknown ones. Empty when all is well.
    public func problems(in values: [String: String]) -> [String: String] {
        var problems: [String: String] = [:]
        for field in fields {
            if let problem = field.problem(with: values[field.key]) {
                problems[field.key] = problem
            }
        }
        let known = Set(fields.map(\.key))
        for key in values.keys where !known.contains(key) {
            problems[key] = "\(name) has no setting \(key)."
        }
        return problems
    }
}

/// A value that does not print.
public struct Secret: Hashable, Sendable, Codable, CustomStringConvertible,
    CustomDebugStringConvertible, CustomReflectable
{
    private let text: String

    public init(_ text: String) { self.text = text }

    /// The value itself, for the one place that needs it.
    public func reveal() -> String { text }

    public var description: String { "(secret)" }
    public var debugDescription: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    public init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// Whether real money moves.
public enum InstanceMode: String, Hashable, Sendable, Codable, CaseIterable {
    case sandbox, live
}

/// The settings of one instance, secrets decrypted, as its module gets them.
public struct InstanceSettings: Hashable, Sendable, Codable {
    public var instanceID: String
    /// In `sandbox` no real money may move, whatever the settings say.
    public var mode: InstanceMode
    /// Counts the changes of the instance's settings.
    public var version: Int
    public var values: [String: String]
    public var secrets: [String: Secret]
    /// Secrets before the last change: webhooks signed with them are still accepted.
    public var previousSecrets: [String: Secret]

    public init(
        instanceID: String, mode: InstanceMode = .sandbox, version: Int = 1,
        values: [String: String] = [:], secrets: [String: Secret] = [:],
        previousSecrets: [String: Secret] = [:]
    ) {
        self.instanceID = instanceID
        self.mode = mode
        self.version = version
        self.values = values
        self.secrets = secrets
        self.previousSecrets = previousSecrets
    }

    /// The value of a field, or its fallback; empty counts as absent.
    public func text(_ field: ConfigurationField) -> String? {
        if let value = values[field.key], !value.isEmpty { return value }
        return field.fallback
    }

    /// The value of a field that the module cannot do without.
    public func required(_ field: ConfigurationField) throws(ProviderError) -> String {
        guard let value = text(field) else {
            throw .misconfigured(message: "\(field.label) is needed.")
        }
        return value
    }

    /// A secret that the module cannot do without.
    public func secret(_ field: ConfigurationField) throws(ProviderError) -> Secret {
        guard let secret = secrets[field.key] else {
            throw .misconfigured(message: "\(field.label) is needed.")
        }
        return secret
    }
}

/// The parts of an http address that decide where a request goes.
public struct WebAddress: Hashable, Sendable {
    public let isEncrypted: Bool
    /// Lower case, without the port, and without the dot that may end a name: `api.example.` is the
    /// same host as `api.example` (RFC 1034, 3.1), and must not be another one in any list.
    public let host: String
    public let port: Int

    /// Nil unless it is `http(s)://host[:port][/…]` without user and password.
    public init?(_ text: String) {
        let rest: Substring
        if text.hasPrefix("https://") {
            isEncrypted = true
            rest = text.dropFirst(8)
        } else if text.hasPrefix("http://") {
            isEncrypted = false
            rest = text.dropFirst(7)
        } else {
            return nil
        }
        guard text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else { return nil }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.isEmpty, !authority.contains("@"), !authority.contains("\\") else {
            return nil
        }
        let isBracketed = authority.hasPrefix("[")
        let hostEnd =
            isBracketed
            ? authority.firstIndex(of: "]").map { authority.index(after: $0) }
            : authority.firstIndex(of: ":") ?? authority.endIndex
        guard let hostEnd, hostEnd > authority.startIndex else { return nil }
        let name = authority[..<hostEnd].lowercased()
        host = name.hasSuffix(".") ? String(name.dropLast()) : name
        guard !host.isEmpty, !host.hasSuffix(".") else { return nil }
        let tail = authority[hostEnd...]
        if tail.isEmpty {
            port = isEncrypted ? 443 : 80
        } else {
            guard tail.first == ":", let number = UInt16(tail.dropFirst()), number > 0 else {
                return nil
            }
            port = Int(number)
        }
    }
}
