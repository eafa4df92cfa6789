import ProviderKit
import Vocabulary

extension Marketplace {
    /// Asks the module whether its settings work, without moving money. Returns what is wrong, a
    /// sentence each; nothing when all is well.
    public func checkProviderInstance(_ id: ID<ProviderInstance>) async throws -> [String] {
        guard let configuration = try await database.providers.configuration(of: id) else {
            throw ProviderRefusal.instanceMissing
        }
        return try await problems(with: configuration)
    }

    /// What the module finds wrong with a configuration, a sentence each.
    func problems(with configuration: ProviderConfiguration) async throws -> [String] {
        let id = configuration.instance.id
        do {
            let context = OperationContext(key: "check:\(id)", within: .seconds(10))
            return try await providers.runtime.check(
                SealedConfiguration(configuration), context)
        } catch let error as ProviderError {
            switch error {
            case .misconfigured(let message): return [message]
            case .invalidRequest("host.not-allowed", let message),
                .invalidRequest("address.not-encrypted", let message):
                return [message]
            case .unavailable(let message, _): return ["It does not answer: \(message)."]
            default: return [error.description]
            }
        }
    }

    /// Lets it take new business.
    /// - Throws: ``ProviderRefusal/checkFailed(_:)`` unless its own check passes.
    public func activateProviderInstance(
        _ id: ID<ProviderInstance>, reason: String? = nil, as admin: ID<Account>?
    ) async throws -> ProviderInstance {
        let instance = try await providerInstance(id)
        guard instance.state.next.contains(.active) else {
            throw ProviderRefusal.stateWrong(from: instance.state.rawValue, to: "active")
        }
        let problems = try await checkProviderInstance(id)
        guard problems.isEmpty else { throw ProviderRefusal.checkFailed(problems) }
        return try await move(
            id, to: .active, checked: instance.configurationVersion, reason, admin)
    }

    /// No new business for a while; what it made goes on.
    public func pauseProviderInstance(
        _ id: ID<ProviderInstance>, reason: String? = nil, as admin: ID<Account>?
    ) async throws -> ProviderInstance {
        try await move(id, to: .paused, reason, admin)
    }

    /// No new business any more; it captures, refunds, pays out and hears webhooks for what it
    /// made, until it can be retired.
    public func drainProviderInstance(
        _ id: ID<ProviderInstance>, reason: String? = nil, as admin: ID<Account>?
    ) async throws -> ProviderInstance {
        try await move(id, to: .draining, reason, admin)
    }

    /// The end of it.
    /// - Throws: ``ProviderRefusal/stillOpen(_:)`` while anything that it made is not settled.
    public func retireProviderInstance(
        _ id: ID<ProviderInstance>, reason: String? = nil, as admin: ID<Account>?
    ) async throws -> ProviderInstance {
        try await move(id, to: .retired, reason, admin)
    }

    private func move(
        _ id: ID<ProviderInstance>, to state: ProviderInstance.State, checked version: Int? = nil,
        _ reason: String?, _ admin: ID<Account>?
    ) async throws -> ProviderInstance {
        try await database.transaction { tx in
            guard let old = try await tx.providers.lock(id)?.instance else {
                throw ProviderRefusal.instanceMissing
            }
            guard old.state.next.contains(state) else {
                throw ProviderRefusal.stateWrong(from: old.state.rawValue, to: state.rawValue)
            }
            // What was checked must be what is activated.
            if let version, version != old.configurationVersion {
                throw ProviderRefusal.stateChanged
            }
            if state == .retired {
                let open = try await tx.openItems.count(id)
                guard open.isEmpty else { throw ProviderRefusal.stillOpen(open) }
            }
            let before = try await tx.audit.before("provider_instance", id.description)
            try await tx.providers.move(id, from: old.state, to: state)
            try await tx.providers.record(
                id, from: old.state, to: state, reason: reason, by: admin)
            try await tx.audit.record(
                "provider.\(state.rawValue)", on: "provider_instance", id.description, by: admin,
                reason: reason, before: before)
            guard let stored = try await tx.providers.find(id) else {
                throw ProviderRefusal.instanceMissing
            }
            return stored
        }
    }
}
