import Vocabulary

/// A transaction that succeeded, as far as it pays somebody. Pure.
struct ChainTransaction: Sendable {
    /// A transfer of the top level. What programs transfer among themselves is left out: nobody
    /// can say there which account the payer meant as a reference.
    struct Transfer: Sendable {
        /// Where in the transaction it stands.
        let index: Int
        let program: ChainAddress
        /// Nil for SOL itself.
        let mint: ChainAddress?
        let destination: ChainAddress
        /// Where in the list of accounts the destination stands.
        let place: Int
        let amount: UInt64
        /// What follows the accounts that the instruction needs, signers left out.
        let extras: [ChainAddress]
    }

    let transfers: [Transfer]
    let blockTime: Int64?
    private let meta: TransactionBody.Meta

    /// Nil when it failed, or is not what a node writes.
    init?(_ body: TransactionBody) {
        guard let meta = body.meta, meta.err == nil else { return nil }
        let message = body.transaction.message
        // Balances and instructions count through the loaded addresses too, in this order.
        let texts =
            message.accountKeys + (meta.loadedAddresses?.writable ?? [])
            + (meta.loadedAddresses?.readonly ?? [])
        let keys = texts.compactMap { ChainAddress($0) }
        guard keys.count == texts.count, meta.preBalances.count == keys.count,
            meta.postBalances.count == keys.count
        else { return nil }
        let signers = message.header.numRequiredSignatures
        transfers = message.instructions.enumerated().compactMap { index, instruction in
            Transfer(instruction, at: index, keys, signers: signers)
        }
        blockTime = body.blockTime
        self.meta = meta
    }

    /// What `request`'s recipient really got by it, in minor units, and by which instruction; nil
    /// for nothing. The reference must be the one extra account of the very instruction that pays:
    /// so no instruction counts for two requests.
    func credit(for request: TransferRequest) -> (amount: UInt64, index: Int)? {
        let ours = transfers.filter { transfer in
            transfer.extras == [request.reference] && transfer.mint == request.mint
                && pays(transfer, request)
        }
        guard let first = ours.first else { return nil }
        let asked = Self.sum(ours)
        // All that went to the same place, and what is there more than before: a fee of the token,
        // or a way back in the same transaction, makes the second less.
        let all = Self.sum(transfers.filter { $0.place == first.place && $0.mint == request.mint })
        let came = request.mint == nil ? lamports(at: first.place) : tokens(at: first.place)
        let missing = all > came ? all - came : 0
        guard asked > missing else { return nil }
        return (asked - missing, first.index)
    }

    private func pays(_ transfer: Transfer, _ request: TransferRequest) -> Bool {
        guard let mint = request.mint else { return transfer.destination == request.recipient }
        guard
            transfer.destination
                == .associatedAccount(of: request.recipient, mint: mint, program: transfer.program)
        else { return false }
        return meta.postTokenBalances?.contains { balance in
            balance.accountIndex == transfer.place && balance.mint == "\(mint)"
                && balance.owner == "\(request.recipient)"
                && balance.uiTokenAmount.decimals == request.amount.currency.exponent
        } ?? false
    }

    private func lamports(at place: Int) -> UInt64 {
        let (before, after) = (meta.preBalances[place], meta.postBalances[place])
        return after > before ? after - before : 0
    }

    private func tokens(at place: Int) -> UInt64 {
        func amount(_ balances: [TransactionBody.TokenBalance]?) -> UInt64 {
            balances?.first { $0.accountIndex == place }.flatMap { UInt64($0.uiTokenAmount.amount) }
                ?? 0
        }
        let (before, after) = (amount(meta.preTokenBalances), amount(meta.postTokenBalances))
        return after > before ? after - before : 0
    }

    private static func sum(_ transfers: [Transfer]) -> UInt64 {
        transfers.reduce(0) { total, transfer in
            let (sum, overflow) = total.addingReportingOverflow(transfer.amount)
            return overflow ? .max : sum
        }
    }
}

extension ChainTransaction.Transfer {
    /// Nil for any instruction but a System transfer and a checked token transfer.
    ///
    /// Sources: System program, instruction 2: u32 and u64 lamports, accounts from, to.
    /// Token program, instruction 12 (TransferChecked): u8, u64 amount, u8 decimals, accounts
    /// source, mint, destination, owner. All little endian.
    init?(
        _ instruction: TransactionBody.Instruction, at index: Int, _ keys: [ChainAddress],
        signers: Int
    ) {
        guard keys.indices.contains(instruction.programIdIndex),
            instruction.accounts.allSatisfy(keys.indices.contains),
            let data = Base58.decode(instruction.data)
        else { return nil }
        let program = keys[instruction.programIdIndex]
        let accounts = instruction.accounts
        let fixed: Int
        switch program {
        case .system where data.count == 12 && data[..<4] == [2, 0, 0, 0] && accounts.count >= 2:
            mint = nil
            place = accounts[1]
            amount = Self.number(data[4..<12])
            fixed = 2
        case .token where data.count == 10 && data[0] == 12 && accounts.count >= 4,
            .token2022 where data.count == 10 && data[0] == 12 && accounts.count >= 4:
            mint = keys[accounts[1]]
            place = accounts[2]
            amount = Self.number(data[1..<9])
            fixed = 4
        default: return nil
        }
        self.index = index
        self.program = program
        destination = keys[place]
        // A wallet of several owners has its signers here.
        extras = accounts.dropFirst(fixed).filter { $0 >= signers }.map { keys[$0] }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
