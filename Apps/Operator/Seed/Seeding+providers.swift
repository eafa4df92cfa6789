import Kernel
import ProviderKit
import Vocabulary

extension Seeding {
    /// Two merchants at the sandbox bank, so that one may be swapped for the other; transfers to an
    /// account and cash at the door, which people confirm; shipping and tax from their built-in
    /// tables.
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
        // South waits to be swapped in.
        try await serve([north] + (try await confirmedByPeople(by: admin)), by: admin)
        for instance in [shipping, tax] { try await serve([instance], by: admin) }
    }

    /// As far as the modules for them are there.
    private func confirmedByPeople(by admin: ID<Account>) async throws -> [ProviderInstance] {
        let known = Set(try await marketplace.providerModules().map(\.key))
        let wanted: [(module: String, name: String, settings: [String: String])] = [
            (
                "bank-transfer", "Bank transfer",
                [
                    "holder": "Guildhall Demo", "iban": "DE89370400440532013000",
                    "bic": "COBADEFFXXX",
                ]
            ), ("cash-on-delivery", "Cash on delivery", ["most": "500"]),
        ]
        var instances: [ProviderInstance] = []
        for one in wanted where known.contains(one.module) {
            instances.append(
                try await active(one.module, named: one.name, one.settings, by: admin))
        }
        return instances
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

    /// New business of their kind goes to `instances`, the first offered first, unless rules say
    /// otherwise already.
    private func serve(_ instances: [ProviderInstance], by admin: ID<Account>) async throws {
        guard let kind = instances.first?.kind, instances.allSatisfy({ $0.state == .active }),
            try await marketplace.providerRules(kind).isEmpty
        else { return }
        try await marketplace.setProviderRules(
            kind, instances.map { ProviderRule(kind: kind, instance: $0.id) }, as: admin)
    }
}
