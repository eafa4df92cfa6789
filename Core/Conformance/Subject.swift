import ProviderHost
import ProviderKit
import Vocabulary

/// The module under examination.
struct Subject: Sendable {
    let module: ModuleExport
    let counterpart: CounterpartExport?
    /// What the person gave, over what the counterpart says.
    let settings: [String: String]
    let ears: Ears

    var descriptor: ModuleDescriptor { module.descriptor }

    func can(_ capability: Capability) -> Bool { descriptor.capabilities.contains(capability) }

    /// - Throws: ``DoesNotApply`` when the module does not say that it can.
    func needs(_ capability: Capability) throws {
        guard can(capability) else { throw DoesNotApply("it has no \(capability.rawValue)") }
    }

    /// By what a payment is found. A chain knows nothing of a payment before it is made, and then
    /// only what is written on it.
    func lookups(_ reference: String, _ key: String) -> [ProviderLookup] {
        can(.toChainAddress)
            ? [.reference(reference)] : [.reference(reference), .idempotencyKey(key)]
    }

    /// The module's object against a counterpart with empty books.
    func trial() throws -> Trial {
        let counterpart = counterpart?.make()
        var values = counterpart?.settings ?? [:]
        values.merge(settings) { _, given in given }
        return try trial(counterpart, values)
    }

    func trial(
        _ counterpart: (any ScriptedCounterpart)?, _ values: [String: String],
        previous: [String: Secret] = [:], mode: InstanceMode = .sandbox
    ) throws -> Trial {
        let settings = instance(values, previous: previous, mode: mode)
        ears.keep(secrets: settings.secrets.values.map { $0.reveal() })
        ears.keep(secrets: previous.values.map { $0.reveal() })
        let counterpart = counterpart.map(withPerson)
        let wire = Wire(to: counterpart, hosts: descriptor.reachableHosts(settings), ears: ears)
        let provider: any Provider
        do throws(ProviderError) {
            provider = try module.make(settings, services(wire))
        } catch {
            ears.hear("an error", error.description)
            let hint = counterpart == nil ? "; give it --settings, or a counterpart" : ""
            throw Breach("it does not take its settings: \(error)\(hint)")
        }
        return Trial(
            subject: self, counterpart: counterpart, values: values, wire: wire,
            provider: provider)
    }

    /// Somebody who says what came, where the module needs one.
    private func withPerson(
        _ counterpart: any ScriptedCounterpart
    ) -> any ScriptedCounterpart {
        guard can(.confirmedByPerson), !(counterpart is PersonAtTheAccount) else {
            return counterpart
        }
        return PersonAtTheAccount(before: counterpart)
    }

    func services(_ wire: Wire) -> ProviderServices {
        ProviderServices(
            http: wire, now: { .systemNow },
            log: { [ears] event, fields in
                ears.hear("the log", event + " " + fields.map { "\($0)=\($1)" }.joined())
            })
    }

    func instance(
        _ values: [String: String], previous: [String: Secret] = [:],
        mode: InstanceMode = .sandbox
    ) -> InstanceSettings {
        let secret = Set(descriptor.fields.filter(\.isSecret).map(\.key))
        return InstanceSettings(
            instanceID: "conformance", mode: mode,
            values: values.filter { !secret.contains($0.key) },
            secrets: values.filter { secret.contains($0.key) }.mapValues { Secret($0) },
            previousSecrets: previous)
    }
}
