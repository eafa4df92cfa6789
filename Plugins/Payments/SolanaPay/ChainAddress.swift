/// 32 bytes that name an account on the chain: a wallet, a program, a mint, or a reference.
struct ChainAddress: Hashable, Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    /// Nil unless there are 32.
    init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Nil unless `text` is base58 of 32 bytes.
    init?(_ text: some StringProtocol) {
        guard (32...44).contains(text.utf8.count), let bytes = Base58.decode(text) else {
            return nil
        }
        self.init(bytes: bytes)
    }

    private init(known text: String) {
        bytes = Base58.decode(text) ?? [UInt8](repeating: 0, count: 32)
    }

    var description: String { Base58.encode(bytes) }

    // Programs, by the Solana Program Library.
    static let system = ChainAddress(known: "11111111111111111111111111111111")
    static let token = ChainAddress(known: "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
    static let token2022 = ChainAddress(known: "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb")
    static let associatedToken = ChainAddress(
        known: "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL")
}
