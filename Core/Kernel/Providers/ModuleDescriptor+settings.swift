public import ProviderKit

/// Whose is what of settings, by a module's own fields.
extension ModuleDescriptor {
    /// The keys of what is sealed.
    var secretKeys: Set<String> { Set(fields.filter(\.isSecret).map(\.key)) }

    /// Settings as they came, in what may be shown and what may not. Empty ones are left out, and
    /// what no field knows is among the former.
    func divided(_ settings: [String: String]) -> ([String: String], [String: Secret]) {
        let secretKeys = secretKeys
        let given = settings.filter { !$0.value.isEmpty }
        let values = given.filter { !secretKeys.contains($0.key) }
        let secrets = given.filter { secretKeys.contains($0.key) }.mapValues { Secret($0) }
        return (values, secrets)
    }

    /// What was stored for another version of the module, without what this one has no field for.
    func known(_ values: [String: String]) -> [String: String] {
        let keys = Set(fields.filter { !$0.isSecret }.map(\.key))
        return values.filter { keys.contains($0.key) }
    }

    /// The same of secrets.
    func known(_ secrets: [String: Secret]) -> [String: Secret] {
        let keys = secretKeys
        return secrets.filter { keys.contains($0.key) }
    }

    /// The fields for which whoever comes from another version was never asked.
    /// - Parameters:
    ///   - old: the version that served it; nil where there is none any more.
    ///   - stored: the keys of what is stored, secrets among them.
    public func added(since old: ModuleDescriptor?, stored: Set<String>) -> [ConfigurationField] {
        fields.filter { field in
            guard let old else { return !stored.contains(field.key) }
            return !old.fields.contains { $0.key == field.key && $0.isSecret == field.isSecret }
        }
    }

    /// Whether one of the addresses in `new` is another scheme, host or port than in `old`.
    func sends(to new: [String: String], elsewhereThan old: [String: String]) -> Bool {
        fields.contains { field in
            guard field.kind == .url else { return false }
            func origin(_ values: [String: String]) -> WebAddress? {
                (values[field.key] ?? field.fallback).flatMap { WebAddress($0) }
            }
            return origin(new) != origin(old)
        }
    }
}
