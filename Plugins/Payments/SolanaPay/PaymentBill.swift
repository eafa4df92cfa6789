import ProviderKit
import Vocabulary

/// What one payment asks of the customer's wallet: a transfer request for each order, to the wallet
/// of its seller. Its canonical text is this module's reference of the payment, so that nothing
/// else has to be kept to look for it: a transfer request's own address where there is one order,
/// and otherwise a text of ours that has every part of them.
struct PaymentBill: Hashable, Sendable {
    struct Part: Hashable, Sendable {
        /// Nil where the payment has no other.
        let order: String?
        let request: TransferRequest
    }

    let parts: [Part]
    let canonical: String
    let currency: Currency

    /// How many sellers one payment pays: a page with more codes is no page, and each is asked for
    /// at the node by itself.
    static let partsMax = 10
    /// An order's id; ours are 36 long.
    private static let orderBytesMax = 40
    private static let scheme = "solana-orders:"

    /// Of one order.
    init(_ request: TransferRequest) {
        parts = [Part(order: nil, request: request)]
        canonical = request.canonical
        currency = request.amount.currency
    }

    /// `shares` as they were given at the start. The transfer's reference is a fresh key for each
    /// order: two sellers may have one wallet.
    /// - Returns: nil for what no wallet can pay, in too many parts or with odd ids.
    init?(
        _ shares: [(order: String, recipient: ChainAddress, amount: Money)], mint: ChainAddress?,
        seed: ChainAddress
    ) {
        guard let currency = shares.first?.amount.currency, shares.count <= Self.partsMax,
            Set(shares.map(\.order)).count == shares.count,
            shares.allSatisfy({ $0.amount.currency == currency && $0.amount.isPositive }),
            shares.allSatisfy({ Self.isPlain($0.order) })
        else { return nil }
        self.currency = currency
        parts = shares.map { share in
            Part(
                order: shares.count == 1 ? nil : share.order,
                request: TransferRequest(
                    recipient: share.recipient, amount: share.amount, mint: mint,
                    reference: Self.reference(of: share.order, seed)))
        }
        if shares.count == 1 {
            canonical = parts[0].request.canonical
            return
        }
        var text = "\(Self.scheme)\(seed)?asset=\(mint.map { "\($0)" } ?? "SOL")"
        for share in shares {
            text += "&\(share.order)=\(share.recipient),\(share.amount.amount)"
        }
        canonical = text
    }

    /// Reads a reference back; nil for what this module never wrote.
    init?(_ text: String) {
        guard text.hasPrefix(Self.scheme) else {
            guard let request = TransferRequest(text) else { return nil }
            self.init(request)
            return
        }
        let halves = text.dropFirst(Self.scheme.count).split(separator: "?", maxSplits: 1)
        guard halves.count == 2, let seed = ChainAddress(halves[0]) else { return nil }
        var pairs = halves[1].split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
        guard pairs.allSatisfy({ $0.count == 2 }), let asset = pairs.first, asset[0] == "asset"
        else { return nil }
        pairs.removeFirst()
        let mint = ChainAddress(asset[1])
        guard mint != nil || asset[1] == "SOL",
            let currency = mint == nil ? Currency("SOL") : Currency("USDC")
        else { return nil }
        var shares: [(order: String, recipient: ChainAddress, amount: Money)] = []
        for pair in pairs {
            let values = pair[1].split(separator: ",")
            guard values.count == 2, let recipient = ChainAddress(values[0]),
                let amount = Int64(values[1]), amount <= Money.amountMax
            else { return nil }
            shares.append((String(pair[0]), recipient, Money(amount, currency)))
        }
        guard shares.count > 1 else { return nil }
        self.init(shares, mint: mint, seed: seed)
    }

    /// The key that finds one order's transfer on the chain. Nobody can name it before it was
    /// shown, because nobody knows the seed.
    private static func reference(of order: String, _ seed: ChainAddress) -> ChainAddress {
        ChainAddress(bytes: sha256(seed.bytes + Array(order.utf8))) ?? .system
    }

    private static func isPlain(_ order: String) -> Bool {
        (1...orderBytesMax).contains(order.utf8.count) && order != "asset"
            && order.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || $0 == UInt8(ascii: "-")
            }
    }
}

extension PaymentBill {
    /// How the payment stands when this is all that came for its parts, in their order:
    /// `confirmed` is told, `finalized` counts, and every part has to be whole by itself.
    func snapshot(
        _ receipts: [[Receipt]], paymentID: String? = nil, version: Int64
    ) -> PaymentSnapshot {
        let stands = zip(parts, receipts).map { part, came in part.stands(came) }
        let isPaid = stands.allSatisfy { $0 == .paid }
        let zero = Money.zero(currency)
        let total = parts.reduce(Int64(0)) { $0 + $1.request.amount.amount }
        let captured = isPaid ? Money(total, currency) : zero
        return PaymentSnapshot(
            reference: canonical, paymentID: paymentID,
            status: isPaid
                ? .captured : stands.contains(.short) ? .requiresAction : .processing,
            authorized: captured, captured: captured, refunded: zero, version: version,
            receipts: receipts.flatMap(\.self))
    }
}

extension PaymentBill.Part {
    enum Stand { case short, seen, paid }

    fileprivate func stands(_ receipts: [Receipt]) -> Stand {
        let asked = request.amount.amount
        if Self.sum(receipts.filter(\.isFinal)) >= asked { return .paid }
        return Self.sum(receipts) >= asked ? .seen : .short
    }

    private static func sum(_ receipts: [Receipt]) -> Int64 {
        receipts.reduce(0) { total, receipt in
            let (sum, overflow) = total.addingReportingOverflow(receipt.amount.amount)
            return overflow ? .max : sum
        }
    }
}
