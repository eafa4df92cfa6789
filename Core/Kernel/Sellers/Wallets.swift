import Postgres
import Vocabulary

/// A wallet as it is typed in.
public struct WalletDraft: Hashable, Sendable, Codable {
    public var kind: Wallet.Kind
    public var label: String
    public var details: WalletDetails
    /// Minor units below which a payout waits.
    public var payoutMinimum: Int64

    public init(
        kind: Wallet.Kind, label: String, details: WalletDetails = WalletDetails(),
        payoutMinimum: Int64 = 0
    ) {
        self.kind = kind
        self.label = label
        self.details = details
        self.payoutMinimum = payoutMinimum
    }

    func checked() throws -> WalletDraft {
        var draft = self
        draft.label = try InputText.line(label, field: "label", lengths: 1...80)
        guard (0...Money.amountMax).contains(payoutMinimum) else {
            throw InputRefusal(.wrong("This amount is not possible."), field: "payoutMinimum")
        }
        draft.details =
            switch kind {
            case .platformBalance: try bankDetails()
            case .chainAddress: try chainDetails()
            }
        return draft
    }

    private func bankDetails() throws -> WalletDetails {
        var clean = WalletDetails()
        clean.holder = try InputText.optionalLine(
            details.holder, field: "details.holder", lengthMax: 140)
        if let typed = details.iban.map(InputText.trimmed), !typed.isEmpty {
            guard let iban = BankAccount.normalizedIBAN(typed) else {
                throw WalletRefusal.ibanInvalid
            }
            guard clean.holder != nil else { throw WalletRefusal.holderMissing }
            clean.iban = iban
        }
        if let typed = details.bic.map(InputText.trimmed), !typed.isEmpty {
            guard let bic = BankAccount.normalizedBIC(typed) else {
                throw WalletRefusal.bicInvalid
            }
            clean.bic = bic
        }
        return clean
    }

    private func chainDetails() throws -> WalletDetails {
        let chain = InputText.trimmed(details.chain ?? "").lowercased()
        guard chain == "solana" else { throw WalletRefusal.chainUnknown }
        let address = InputText.trimmed(details.address ?? "")
        guard BankAccount.isSolanaAddress(address) else { throw WalletRefusal.addressInvalid }
        return WalletDetails(chain: chain, address: address)
    }
}

extension Marketplace {
    /// Adds a wallet. The first stays the default until another is made so. Beside one that says
    /// where to pay to it is a new account: payouts to it wait for ``Wallet/newAccountHold``, and
    /// everybody in the shop is told.
    /// - Throws: ``WalletRefusal`` for details that cannot be right.
    @discardableResult
    public func addWallet(
        _ draft: WalletDraft, as member: SellerMember
    ) async throws -> Wallet {
        try member.require(.editWallets)
        let draft = try draft.checked()
        let id = ID<Wallet>()
        return try await database.transaction { tx in
            guard try await tx.sellers.lock(member.seller) != nil else {
                throw WalletRefusal.tooMany
            }
            let others = try await tx.wallets.list(of: member.seller)
            guard others.count < walletsMax else { throw WalletRefusal.tooMany }
            let known = others.known
            let now = try await tx.clock.now()
            try await tx.wallets.insert(
                id, of: member.seller, draft, isDefault: false,
                isNewAccount: known != nil && !others.pay(draft.details, at: now))
            try await tx.audit.record(
                "wallet.added", on: "wallet", id.description, by: member)
            guard let wallet = try await tx.wallets.find(id, of: member.seller) else {
                throw WalletRefusal.unknown
            }
            if let known, wallet.paysFrom != nil, wallet.details.isComplete,
                wallet.details.leadElsewhere(than: known.details)
            {
                try await tx.tellOfNewAccount(known, wallet)
            }
            return wallet
        }
    }

    /// Changes a wallet's label, details and minimum; its kind stays. When another account takes
    /// the place of one, in this wallet or beside another, payouts wait for
    /// ``Wallet/newAccountHold`` and everybody in the shop is told at the address known before, so
    /// that a thief of a password is too slow.
    /// - Throws: ``WalletRefusal``; `unknown` for another seller's or another kind.
    @discardableResult
    public func editWallet(
        _ id: ID<Wallet>, _ draft: WalletDraft, as member: SellerMember
    ) async throws -> Wallet {
        try member.require(.editWallets)
        let draft = try draft.checked()
        return try await database.transaction { tx in
            let before = try await tx.audit.before("wallet", id.description)
            guard let old = try await tx.wallets.lock(id, of: member.seller),
                old.kind == draft.kind
            else { throw WalletRefusal.unknown }
            let known = try await tx.wallets.list(of: member.seller).known
            let isNewAccount = known != nil && draft.details.leadElsewhere(than: old.details)
            try await tx.wallets.save(id, of: member.seller, draft, isNewAccount: isNewAccount)
            try await tx.audit.record(
                "wallet.edited", on: "wallet", id.description, by: member, before: before)
            guard let wallet = try await tx.wallets.find(id, of: member.seller) else {
                throw WalletRefusal.unknown
            }
            if isNewAccount {
                try await tx.tellOfNewAccount(
                    old.details.isComplete ? old : known ?? old, wallet)
            }
            return wallet
        }
    }

    /// Makes a wallet the one that listings settle to which name none. When it takes the place of
    /// another account, payouts to it wait as after a change of it, and everybody is told.
    public func makeDefault(_ id: ID<Wallet>, as member: SellerMember) async throws {
        try member.require(.editWallets)
        try await database.transaction { tx in
            guard try await tx.sellers.lock(member.seller) != nil,
                let wallet = try await tx.wallets.lock(id, of: member.seller)
            else { throw WalletRefusal.unknown }
            let replaced = try await tx.wallets.list(of: member.seller).first {
                $0.isDefault && $0.id != id && $0.wasPayable
                    && wallet.details.leadElsewhere(than: $0.details)
            }
            let before = try await tx.audit.before("wallet", id.description)
            try await tx.wallets.makeDefault(id, of: member.seller)
            if replaced != nil { try await tx.wallets.markNewAccount(id) }
            try await tx.audit.record(
                "wallet.made-default", on: "wallet", id.description, by: member, before: before)
            if let replaced, let now = try await tx.wallets.find(id, of: member.seller) {
                try await tx.tellOfNewAccount(replaced, now)
            }
        }
    }

    /// The shop's wallets, oldest first.
    public func wallets(as member: SellerMember) async throws -> [Wallet] {
        try member.require(.readMoney)
        return try await database.wallets.list(of: member.seller)
    }

    /// The shop's wallets, for administrators.
    public func wallets(of seller: ID<Seller>) async throws -> [Wallet] {
        try await database.wallets.list(of: seller)
    }
}

extension Wallet {
    /// Whether it says where to pay to, or did: emptied first and filled again, another account
    /// takes its place all the same.
    fileprivate var wasPayable: Bool { details.isComplete || detailsChangedAt != nil }
}

extension [Wallet] {
    /// What the shop is known to be paid to, the default before others; nil while no wallet ever
    /// said where to pay to.
    fileprivate var known: Wallet? {
        first { $0.isDefault && $0.details.isComplete } ?? first(where: \.details.isComplete)
            ?? first(where: \.wasPayable)
    }

    /// Whether one of them is paid to this account already, and does not wait itself.
    fileprivate func pay(_ details: WalletDetails, at now: Instant) -> Bool {
        contains { wallet in
            wallet.details.isComplete && !details.leadElsewhere(than: wallet.details)
                && wallet.paysFrom.map { $0 <= now } ?? true
        }
    }
}

/// What a shop's team reads when another account takes the place of one.
struct NewAccountNotice: Codable, Sendable {
    let wallet: ID<Wallet>
    let label: String
    /// Both with all but their ends hidden.
    let oldAccount: String?
    let newAccount: String?
    let payoutsFrom: Instant?
}

extension Transaction {
    fileprivate func tellOfNewAccount(_ old: Wallet, _ new: Wallet) async throws {
        try await outbox.record(
            OutboxEvent(
                "wallet.account-changed", about: "wallet", new.id,
                NewAccountNotice(
                    wallet: new.id, label: new.label, oldAccount: old.details.maskedPlace,
                    newAccount: new.details.maskedPlace, payoutsFrom: new.paysFrom)
            ).telling(team: new.seller))
    }
}
