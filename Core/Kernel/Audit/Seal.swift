import Vocabulary

/// Rows that are sealed in blocks, each block chained to the one before by its hash.
public enum SealedChain: String, SQLText, Sendable, CaseIterable {
    case ledger, audit
}

/// The newest block of a chain. Its hash, kept somewhere else, proves later that nothing before it
/// was changed, not even together with the seals.
public struct SealHead: Hashable, Sendable {
    public let chain: SealedChain
    public let number: Int64
    /// SHA-256, 64 hexadecimal digits.
    public let hash: String
    public let at: Instant
}

/// Whether rows and seals fit.
public struct SealReport: Sendable {
    public let chain: SealedChain
    /// What does not fit, the earliest first, at most ``faultsMax``.
    public let faults: [String]
    public let seals: Int64
    public let rows: Int64
    /// Rows that no seal covers yet; the worker seals every few seconds.
    public let unsealed: Int64
    /// Nil before the first seal.
    public let head: SealHead?

    public var isClean: Bool { faults.isEmpty }

    /// Enough to see what was touched.
    public static let faultsMax = 20
}

/// A block of a chain.
public struct Seal: Sendable {
    public let chain: SealedChain
    public let number: Int64
    public let at: Instant
    /// How many rows it covers, and the first and last of them.
    public let rows: Int
    public let first: Int64?
    public let last: Int64?
    /// SHA-256, 64 hexadecimal digits.
    public let hash: String
    /// The hash of the block before; nothing for the first.
    public let previous: String
}

/// What the newest comparison of a chain with its rows found.
public struct SealVerification: Sendable {
    public let chain: SealedChain
    public let at: Instant
    public let seals: Int64
    public let rows: Int64
    /// Rows that no seal covered then.
    public let unsealed: Int64
    /// What does not fit, the earliest first; none when all is well.
    public let faults: [String]
}
