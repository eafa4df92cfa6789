import Foundation
import ProviderKit
import Vocabulary

/// What an administrator may type into the form, and what a module says of itself.
enum SettingCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("description", "key, name, version and fields make sense") {
            try description($0.descriptor)
        },
        ConformanceCase("settings", "those that it needs it asks for") { subject in
            let counterpart = subject.counterpart?.make()
            let all = (counterpart?.settings ?? [:]).merging(subject.settings) { _, new in new }
            _ = try subject.trial()
            for field in subject.descriptor.fields where field.required && field.fallback == nil {
                var values = all
                values[field.key] = nil
                try expect(
                    isRefused(values, subject), "it takes its settings without \(field.key)")
            }
        },
        ConformanceCase("settings", "nonsense is refused in words, or taken") { subject in
            let counterpart = subject.counterpart?.make()
            let all = (counterpart?.settings ?? [:]).merging(subject.settings) { _, new in new }
            let nonsense = [
                "", " ", "\u{0}", "💥", "-1", "99999999999999999999", "{", "[]", "null",
                "http://", "https://user:pass@[::1", "<script>", "'; drop table payment; --",
                String(repeating: "x", count: 262_144), String(repeating: "[", count: 4096),
            ]
            for field in subject.descriptor.fields {
                for value in nonsense {
                    var values = all
                    values[field.key] = value
                    _ = isRefused(values, subject)
                }
            }
        },
        ConformanceCase("settings", "its check passes with settings that work") { subject in
            let trial = try subject.trial()
            let result = await trial.calling { () throws(ProviderError) in
                try await trial.provider.check(trial.context())
            }
            guard case .success(let problems) = result, problems.isEmpty else {
                throw Breach("its check finds \(words(result))")
            }
        },
        ConformanceCase("settings", "its protocol is that of its kind") { subject in
            let roles = try subject.trial().provider.roles
            let wanted: ProviderRole =
                switch subject.descriptor.kind {
                case .payment: .payment
                case .shipping: .shipping
                case .tax: .tax
                }
            try expect(
                roles.contains(wanted), "it is of kind \(subject.descriptor.kind), and is not")
        },
    ]

    private static func description(_ module: ModuleDescriptor) throws {
        try expect(
            (1...80).contains(module.key.utf8.count)
                && module.key.utf8.allSatisfy {
                    (97...122).contains($0) || (48...57).contains($0) || $0 == 45
                }, "its key is not small letters, digits and hyphens")
        try expect((1...80).contains(module.name.count), "its name is empty or endless")
        try expect((1...40).contains(module.version.utf8.count), "its version is empty or endless")
        try expect(
            Set(module.fields.map(\.key)).count == module.fields.count, "a field is there twice")
        for field in module.fields {
            try expect(!field.key.isEmpty && !field.label.isEmpty, "a field has no name")
            try expect(
                !(field.isSecret && field.fallback != nil), "the secret \(field.key) has a fallback"
            )
            if let fallback = field.fallback {
                try expect(
                    field.problem(with: fallback) == nil, "the fallback of \(field.key) is wrong")
            }
        }
        let hosts = module.hosts + module.liveHosts
        try expect(
            hosts.allSatisfy { WebAddress("https://\($0)")?.host == $0.lowercased() },
            "a host is not a plain name")
        let copy = try JSONDecoder().decode(
            ModuleDescriptor.self, from: JSONEncoder().encode(module))
        try expect(copy == module, "its description does not survive being sent")
    }

    /// Whether the module refuses; what else it throws than `misconfigured` is a breach.
    private static func isRefused(_ values: [String: String], _ subject: Subject) -> Bool {
        let settings = subject.instance(values)
        let wire = Wire(to: nil, hosts: [], ears: subject.ears)
        do throws(ProviderError) {
            _ = try subject.module.make(settings, subject.services(wire))
            return false
        } catch {
            subject.ears.hear("an error", error.description)
            return true
        }
    }
}
