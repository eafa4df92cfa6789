import ProviderKit
import Vocabulary

/// A Solana Pay transfer request: who is to be paid what, and the key by which the payment is found
/// on the chain. Its canonical address is this module's reference of a payment, so that nothing
/// else has to be kept to look for it.
///
/// Source: Solana Pay specification, "Transfer request".
struct TransferRequest: Hashable, Sendable {
    /// A wallet, never a token account.
    let recipient: ChainAddress
    let amount: Money
    /// Nil for SOL itself.
    let mint: ChainAddress?
    /// A fresh key, put among the accounts of the transfer.
    let reference: ChainAddress

    /// `solana:<recipient>?amount=…&spl-token=…&reference=…`.
    var canonical: String {
        var text = "solana:\(recipient)?amount=\(Self.decimal(amount))"
        if let mint { text += "&spl-token=\(mint)" }
        return text + "&reference=\(reference)"
    }

    /// The canonical address with what the wallet shows to the payer.
    func address(label: String, message: String) -> String {
        var text = canonical
        if !label.isEmpty { text += "&label=" + Self.escaped(label) }
        if !message.isEmpty { text += "&message=" + Self.escaped(message) }
        return text
    }

    /// Reads an address back; unknown parameters are left out. Nil for what the specification
    /// calls malformed, and for a request without an amount or without exactly one reference.
    init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax, text.hasPrefix("solana:") else { return nil }
        let rest = text.dropFirst("solana:".count)
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = parts.first, let recipient = ChainAddress(path) else { return nil }
        var values: [Substring: [Substring]] = [:]
        for pair in parts.count == 2 ? parts[1].split(separator: "&") : [] {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2 else { return nil }
            values[halves[0], default: []].append(halves[1])
        }
        var mint: ChainAddress?
        if let texts = values["spl-token"] {
            guard texts.count == 1, let address = ChainAddress(texts[0]) else { return nil }
            mint = address
        }
        guard let amounts = values["amount"], amounts.count == 1,
            let asset = mint == nil ? Currency("SOL") : Currency("USDC"),
            let amount = Self.amount(amounts[0], asset),
            let references = values["reference"], references.count == 1,
            let reference = ChainAddress(references[0])
        else { return nil }
        self.init(recipient: recipient, amount: amount, mint: mint, reference: reference)
    }

    init(
        recipient: ChainAddress, amount: Money, mint: ChainAddress?, reference: ChainAddress
    ) {
        self.recipient = recipient
        self.amount = amount
        self.mint = mint
        self.reference = reference
    }

    /// What the reference implementation still reads.
    static let bytesMax = 2048

    /// `^\d+(\.\d+)?$` with no more decimals than the asset has: no sign, exponent, comma or blank.
    static func amount(_ text: some StringProtocol, _ asset: Currency) -> Money? {
        let fraction = text.split(separator: ".", omittingEmptySubsequences: false).dropFirst()
        guard let first = text.utf8.first, (48...57).contains(first),
            fraction.first.map({ $0.utf8.count <= asset.exponent }) ?? true
        else { return nil }
        return Money(decimal: text, asset)
    }

    /// In whole units, without trailing zeros: `0.01`, `3`.
    static func decimal(_ amount: Money) -> String {
        var text = amount.decimalText
        guard text.contains(".") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    /// Percent-encodes all but the unreserved characters of RFC 3986; a blank is `%20`.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default: escaped += "%" + hexadecimal([byte]).uppercased()
            }
        }
        return escaped
    }
}
