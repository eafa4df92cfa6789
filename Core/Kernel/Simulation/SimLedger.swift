import Vocabulary

/// The ledger's tables as a simulation keeps them, with what the database enforces: a key is used
/// once, a reversal names what was posted, and no wallet goes below its floor.
struct SimLedger {
    struct Account: Hashable {
        let account: LedgerAccount
        let currency: Currency
    }

    private var takenBack: Set<String> = []
    private var posted: [String: Posting] = [:]
    private(set) var balances: [Account: Int64] = [:]
    private var byOrder: [ID<Order>: [LedgerAccount.Kind: Int64]] = [:]

    /// What waits in suspense for each purchase.
    private var suspended: [ID<Purchase>: Int64] = [:]

    func suspense(of purchase: ID<Purchase>) -> Int64 { suspended[purchase] ?? 0 }

    func balance(_ account: LedgerAccount, _ currency: Currency) -> Int64 {
        balances[Account(account: account, currency: currency)] ?? 0
    }

    /// What the entries about an order come to in accounts of this kind.
    func sum(_ kind: LedgerAccount.Kind, of order: ID<Order>) -> Int64 {
        byOrder[order]?[kind] ?? 0
    }

    func holdings(of order: ID<Order>) -> OrderHoldings {
        OrderHoldings(
            pending: sum(.sellerPending, of: order), available: sum(.sellerAvailable, of: order),
            frozen: sum(.sellerFrozen, of: order),
            reserved: sum(.sellerReserve, of: order))
    }

    /// Whether something took back what was posted under this key.
    func isReversed(_ key: String) -> Bool { takenBack.contains(key) }

    /// The entries of the posting with this key; empty when there is none.
    func entries(of key: String) -> [LedgerEntry] { posted[key]?.entries ?? [] }

    /// What the entries alone say, for every account that is not even, and for each currency.
    func recomputed() -> (balances: [Account: Int64], totals: [Currency: Int64]) {
        var balances: [Account: Int64] = [:]
        var totals: [Currency: Int64] = [:]
        for posting in posted.values {
            for entry in posting.entries {
                let account = Account(account: entry.account, currency: posting.currency)
                balances[account, default: 0] += entry.amount
                totals[posting.currency, default: 0] += entry.amount
            }
        }
        return (balances.filter { $0.value != 0 }, totals)
    }

    /// What `post_ledger` does.
    mutating func post(_ posting: Posting) throws(SimFault) {
        if posting.isEmpty { return }
        if let known = posted[posting.key] {
            guard known == posting else { throw SimFault("\(posting.key) was posted otherwise") }
            return
        }
        if let reversed = posting.reverses {
            guard posted[reversed] != nil else {
                throw SimFault("\(posting.key) reverses \(reversed), which was never posted")
            }
            guard takenBack.insert(reversed).inserted else {
                throw SimFault("\(posting.key) reverses \(reversed), which was reversed before")
            }
        }
        guard posting.entries.reduce(0, { $0 + $1.amount }) == 0 else {
            throw SimFault("\(posting.key) does not balance")
        }
        posted[posting.key] = posting
        for entry in posting.entries {
            let account = Account(account: entry.account, currency: posting.currency)
            balances[account, default: 0] += entry.amount
            if entry.account.kind == .suspense, let purchase = posting.purchase {
                suspended[purchase, default: 0] += entry.amount
            }
            if let order = entry.order {
                byOrder[order, default: [:]][entry.account.kind, default: 0] += entry.amount
            }
        }
        for entry in posting.entries {
            let balance = balance(entry.account, posting.currency)
            switch entry.account.kind {
            case .sellerDebt where balance > 0:
                throw SimFault("a debt is \(balance)")
            // The market's own accounts have no floor in the database either: what commission,
            // taxes and goodwill come to is checked order by order, and what is owed for direct
            // sales likewise: when it was paid and the sale went back, it is above zero.
            case .sellerDebt, .sellerReceivable, .providerClearing, .commission, .commissionVAT,
                .taxPayable, .goodwill, .disputed, .disputeLosses, .providerFees:
                break
            default:
                if balance < 0 { throw SimFault("\(entry.account.kind.rawValue) is \(balance)") }
            }
        }
    }
}

/// Something that must never be, in words.
struct SimFault: Error, Hashable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The process died here. Whatever was committed stays.
struct SimDeath: Error {}
