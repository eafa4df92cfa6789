/// What a provider can be asked. One value of the contract may have several.
public enum ProviderRole: String, Hashable, Sendable, Codable, CaseIterable {
    case payment, confirmedPayments, payouts, payoutFiles, accounts, bankPayouts, balance, disputes,
        shipping, tax, orderedBankPayouts
}

/// What a provider is, answered by its own code. A dynamic cast would look the conformance up by
/// the type's name, and two versions of a module that are loaded side by side have types of one
/// name: the cast could call one version's code on the other's value.
///
/// A module writes none of this: conforming to a protocol of the contract answers it.
extension Provider {
    public var asPayment: (any PaymentProvider)? { nil }
    public var asConfirmedPayments: (any ConfirmedPaymentProvider)? { nil }
    public var asPayouts: (any PayoutProvider)? { nil }
    public var asPayoutFiles: (any PayoutFileProvider)? { nil }
    public var asAccounts: (any ConnectedAccountProvider)? { nil }
    public var asBalance: (any BalanceProvider)? { nil }
    public var asDisputes: (any DisputeProvider)? { nil }
    public var asShipping: (any ShippingProvider)? { nil }
    public var asTax: (any TaxProvider)? { nil }

    public var roles: Set<ProviderRole> {
        var roles: Set<ProviderRole> = []
        if asPayment != nil { roles.insert(.payment) }
        if asConfirmedPayments != nil { roles.insert(.confirmedPayments) }
        if asPayouts != nil { roles.insert(.payouts) }
        if asPayoutFiles != nil { roles.insert(.payoutFiles) }
        if asAccounts != nil { roles.insert(.accounts) }
        if asBankPayouts != nil { roles.insert(.bankPayouts) }
        if asOrderedBankPayouts != nil { roles.insert(.orderedBankPayouts) }
        if asBalance != nil { roles.insert(.balance) }
        if asDisputes != nil { roles.insert(.disputes) }
        if asShipping != nil { roles.insert(.shipping) }
        if asTax != nil { roles.insert(.tax) }
        return roles
    }
}

extension PaymentProvider {
    public var asPayment: (any PaymentProvider)? { self }
}

extension ConfirmedPaymentProvider {
    public var asConfirmedPayments: (any ConfirmedPaymentProvider)? { self }
}

extension PayoutProvider {
    public var asPayouts: (any PayoutProvider)? { self }
}

extension PayoutFileProvider {
    public var asPayoutFiles: (any PayoutFileProvider)? { self }
}

extension ConnectedAccountProvider {
    public var asAccounts: (any ConnectedAccountProvider)? { self }
}

extension BalanceProvider {
    public var asBalance: (any BalanceProvider)? { self }
}

extension DisputeProvider {
    public var asDisputes: (any DisputeProvider)? { self }
}

extension ShippingProvider {
    public var asShipping: (any ShippingProvider)? { self }
}

extension TaxProvider {
    public var asTax: (any TaxProvider)? { self }
}
