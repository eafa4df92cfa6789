import Kernel
import ProviderKit
import Vocabulary

extension Seeding {
    /// Two merchants at the sandbox bank, so that one may be swapped for the other; shipping and
    /// tax from their built-in tables.
    func providers(by admin: ID<Account>) async throws {
        let north = try await active(
            "sandbox-payments", named: "North",
            [
                "url": bankURL, "apiKey": "sk_sandbox_north",
                "webhookSecret": "whsec_sandbox_north",
            ], by: admin)
        _ = try await active(
            "sandbox-payments", named: "South",
            [
                "url": bankURL, "apiKey": "sk_sandbox_south",
                "webhookSecret": "whsec_sandbox_south",
            ], by: admin)
        let shipping = try await active(
            "table-rate-shipping", named: "Parcels by table", [:], by: admin)
        let tax = try await active("rate-table-tax", named: "VAT and sales tax", [:], by: admin)
        for instance in [north, shipping, tax] { try await serve(instance, by: admin) }
    }

    private func active(
        _ module: String, named name: String, _ settings: [String: String],
        by admin: ID<Account>
    ) async throws -> ProviderInstance {
        let known = try await marketplace.providerInstances()
            .first { $0.moduleKey == module && $0.name == name }
        var instance = known
        if instance == nil {
            instance = try await marketplace.createProviderInstance(
                module: module, name: name, settings: settings, as: admin)
        }
        guard let instance else { throw ProviderRefusal.instanceMissing }
        guard instance.state == .draft else { return instance }
        do {
            return try await marketplace.activateProviderInstance(
                instance.id, reason: "demo", as: admin)
        } catch ProviderRefusal.checkFailed(let problems) {
            throw OperatorProblem(
                "\(name) does not pass its check (is the sandbox bank running at \(bankURL)?): "
                    + problems.joined(separator: " "))
        }
    }

    /// New business of its kind goes to `instance`, unless rules say otherwise already.
    private func serve(_ instance: ProviderInstance, by admin: ID<Account>) async throws {
        guard instance.state == .active,
            try await marketplace.providerRules(instance.kind).isEmpty
        else { return }
        try await marketplace.setProviderRules(
            instance.kind, [ProviderRule(kind: instance.kind, instance: instance.id)], as: admin)
    }
}
