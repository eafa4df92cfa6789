import Vocabulary

extension Marketplace {
    /// Seals the audit trail and the books up to the oldest open transaction. Run by the worker,
    /// never in a request; two at once seal once.
    /// - Returns: how many rows were sealed.
    @discardableResult
    public func sealRows(limit: Int = 2000) async throws -> Int {
        var sealed = 0
        for chain in SealedChain.allCases {
            while true {
                let count = try await database.seals.seal(chain, limit: limit)
                sealed += count
                guard count > 0, let head = try await database.seals.head(chain) else { break }
                // In the log the head is out of the database's reach.
                logger.info(
                    "seal.made",
                    metadata: [
                        "chain": "\(chain.rawValue)", "number": "\(head.number)",
                        "rows": "\(count)", "hash": "\(head.hash)",
                    ])
            }
        }
        return sealed
    }

    /// Compares every sealed row with its seal, and every seal with the one before.
    public func verifySeals(_ chain: SealedChain) async throws -> SealReport {
        try await database.transaction(
            isolation: .repeatableRead, statementDeadline: .seconds(600)
        ) { tx in
            let size = try await tx.seals.size(chain)
            return SealReport(
                chain: chain, faults: try await tx.seals.faults(chain), seals: size.seals,
                rows: size.rows, unsealed: size.unsealed, head: try await tx.seals.head(chain))
        }
    }

    /// The seal with this hash, noted somewhere else before; nil when the chain does not have it
    /// any more, and so was made anew.
    public func seal(_ chain: SealedChain, hash: String) async throws -> SealHead? {
        try await database.seals.head(chain, hash: hash.lowercased())
    }

    /// ``verifySeals(_:)``, and keeps what it found.
    @discardableResult
    public func recordSealVerification(_ chain: SealedChain) async throws -> SealReport {
        let report = try await verifySeals(chain)
        try await database.seals.insert(report)
        for fault in report.faults {
            logger.critical(
                "seal.broken", metadata: ["chain": "\(chain.rawValue)", "fault": "\(fault)"])
        }
        return report
    }

    /// What the newest comparisons found, one of each chain that was ever compared.
    public func lastSealVerifications() async throws -> [SealVerification] {
        try await database.seals.verifications()
    }

    /// The blocks of a chain, newest first.
    public func seals(of chain: SealedChain, _ page: PageRequest) async throws -> Page<Seal> {
        try await database.seals.list(chain, page)
    }
}
