import ProviderKit

/// What a module's program says that it can be asked, in its manifest and in its hello: what a
/// module in Swift says by the protocols that it conforms to.
enum ProgramRoles {
    /// - Parameter declared: names of roles; nil says what the kind alone does.
    /// - Throws: a sentence, when no type could conform to these protocols and be of this kind.
    static func read(
        _ declared: [String]?, of kind: ProviderKind
    ) throws(ModuleFile.Problem) -> Set<ProviderRole> {
        guard let declared else { return [kind.role] }
        var roles: Set<ProviderRole> = []
        for name in declared {
            guard let role = ProviderRole(rawValue: name) else {
                throw ModuleFile.Problem(description: "There is no role \(name.prefix(40)).")
            }
            roles.insert(role)
        }
        for role in ProviderRole.allCases where roles.contains(role) {
            if let refined = role.refined {
                guard roles.contains(refined) else {
                    throw ModuleFile.Problem(
                        description: "Who says \(role.rawValue) says \(refined.rawValue) too.")
                }
            } else if role != kind.role {
                throw ModuleFile.Problem(
                    description: "A \(kind.rawValue) module has no role \(role.rawValue).")
            }
        }
        guard roles.contains(kind.role) else {
            throw ModuleFile.Problem(
                description: "A \(kind.rawValue) module says \(kind.role.rawValue).")
        }
        return roles
    }
}

extension ProviderKind {
    /// What every module of the kind can be asked.
    var role: ProviderRole {
        switch self {
        case .payment: .payment
        case .shipping: .shipping
        case .tax: .tax
        }
    }
}

extension ProviderRole {
    /// The role of the protocol that its own refines; nil for the first one of a kind.
    var refined: ProviderRole? {
        switch self {
        case .payment, .shipping, .tax: nil
        case .confirmedPayments, .payouts, .balance, .disputes: .payment
        case .payoutFiles, .accounts: .payouts
        case .bankPayouts: .accounts
        case .orderedBankPayouts: .bankPayouts
        }
    }
}
