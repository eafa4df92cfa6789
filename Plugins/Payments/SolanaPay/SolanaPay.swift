import ProviderKit
import Vocabulary

/// Payments in SOL and USDC from the customer's wallet to the seller's, by Solana Pay transfer
/// requests. Nothing passes through the platform, and nobody tells us: the chain is asked.
public struct SolanaPay: PaymentProvider {
    static let node = ConfigurationField(
        "node", label: "RPC address", kind: .url, required: true,
        help: "A node's JSON-RPC address. The public ones allow few calls; take one of your own.")
    static let nodeToken = ConfigurationField(
        "nodeToken", label: "RPC token", kind: .secret,
        help: "Sent as a bearer token, if the node wants one.")
    static let usdc = ConfigurationField(
        "usdc", label: "Mint of USDC",
        help: "On the test networks it is another one. Without USDC: none.",
        fallback: "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v")
    static let label = ConfigurationField(
        "label", label: "Shop's name", help: "What the wallet shows.", fallback: "Guildhall")
    static let minutes = ConfigurationField(
        "minutes", label: "Minutes to pay", kind: .integer,
        help: "5 to 1440. What comes later is looked at by a person.", fallback: "30")

    public static let descriptor = ModuleDescriptor(
        kind: .payment, key: "solana-pay", name: "Solana Pay", version: "1.0",
        summary: "SOL and USDC from wallet to wallet; the seller is paid directly.",
        fields: [node, nodeToken, usdc, label, minutes],
        capabilities: [.directToSeller, .severalSellers, .toChainAddress, .delayedResult],
        // The public nodes of the main network (solana.com/docs/references/clusters). What other
        // nodes are of, their genesis says.
        liveHosts: ["api.mainnet-beta.solana.com", "api.mainnet.solana.com"])

    let chain: ChainNode
    /// Nil when USDC is not taken.
    let usdcMint: ChainAddress?
    let shop: String
    let window: Duration
    let instance: String
    let network: ChainNetwork
    let now: @Sendable () -> Instant
    let log: @Sendable (String, [String: String]) -> Void

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        chain = ChainNode(
            url: try settings.required(Self.node), token: settings.secrets[Self.nodeToken.key],
            http: services.http)
        let mint = settings.text(Self.usdc) ?? "none"
        usdcMint = ChainAddress(mint)
        guard usdcMint != nil || mint == "none" else {
            throw .misconfigured(message: "The mint of USDC is not an address on Solana.")
        }
        shop = String((settings.text(Self.label) ?? "").prefix(80))
        guard let minutes = Int64(try settings.required(Self.minutes)), (5...1440).contains(minutes)
        else { throw .misconfigured(message: "The minutes to pay are 5 to 1440.") }
        window = .seconds(minutes * 60)
        instance = settings.instanceID
        network = ChainNetwork(mode: settings.mode)
        now = services.now
        log = services.log
    }

    /// Whether the node answers, is of the network that the mode wants, and USDC is what it says.
    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] {
        if let problem = try await network.problem(of: chain, context) { return [problem] }
        guard let usdcMint else { return [] }
        guard let mint = try await chain.account(usdcMint, context) else {
            return ["The node does not know the mint of USDC: it may be of another network."]
        }
        guard mint.tokenProgram != nil, let decimals = mint.mintDecimals else {
            return ["What is named as the mint of USDC is no mint."]
        }
        return decimals == 6 ? [] : ["The mint of USDC has \(decimals) decimals instead of 6."]
    }

    /// Only what the chain itself has: nothing is converted.
    public func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] {
        switch amount.currency.code {
        case "SOL": [PaymentMethod(code: "sol", label: "SOL from a Solana wallet")]
        case "USDC" where usdcMint != nil:
            [PaymentMethod(code: "usdc", label: "USDC from a Solana wallet")]
        default: []
        }
    }

    public func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        guard request.capture == .now else { throw .unsupported(operation: "capture later") }
        guard (1...Money.amountMax).contains(request.amount.amount) else {
            throw .invalidRequest(code: "amount", message: "This amount is not possible.")
        }
        let mint = try mint(for: request)
        let bill = try bill(for: request, in: mint, key: context.idempotencyKey)
        try await network.prove(chain, context)
        try await prove(Set(bill.parts.map(\.request.recipient)), take: mint, context)
        return StartedPayment(
            snapshot: bill.snapshot(
                bill.parts.map { _ in [] }, paymentID: request.paymentID,
                version: Self.version(now())),
            next: .instructions(
                bill.parts.flatMap { instructions(for: $0, message: request.statement) }),
            payUntil: now().advanced(by: window))
    }

    /// A request for each seller who gets something.
    private func bill(
        for request: PaymentStart, in mint: ChainAddress?, key: String
    ) throws(ProviderError) -> PaymentBill {
        var shares: [(order: String, recipient: ChainAddress, amount: Money)] = []
        for share in request.shares where !share.amount.isZero {
            guard let recipient = share.destination.flatMap({ ChainAddress($0) }) else {
                throw .declined(
                    code: "wallet",
                    message: request.shares.count == 1
                        ? "This maker has no wallet on Solana."
                        : "One of the makers has no wallet on Solana.", mayRetry: false)
            }
            shares.append((share.orderID, recipient, share.amount))
        }
        guard shares.count <= PaymentBill.partsMax else {
            throw .declined(
                code: "makers",
                message: "A wallet pays \(PaymentBill.partsMax) makers at once, and no more.",
                mayRetry: false)
        }
        let total = try? Money.sum(shares.map(\.amount), request.amount.currency)
        guard total == request.amount,
            let bill = PaymentBill(shares, mint: mint, seed: seed(key))
        else {
            throw .invalidRequest(
                code: "shares", message: "The makers' parts are not what is to be paid.")
        }
        return bill
    }

    /// What the customer does to pay one order, or all there is.
    private func instructions(for part: PaymentBill.Part, message: String) -> [Instruction] {
        let request = part.request
        return [
            Instruction(
                label: "Pay with your wallet",
                value: request.address(label: shop, message: message), form: .link,
                orderID: part.order),
            Instruction(label: "Amount", value: "\(request.amount)", orderID: part.order),
            Instruction(label: "To", value: "\(request.recipient)", orderID: part.order),
        ]
    }

    private func mint(for request: PaymentStart) throws(ProviderError) -> ChainAddress? {
        switch (request.method, request.amount.currency.code) {
        case ("sol", "SOL"): return nil
        case ("usdc", "USDC"): if let usdcMint { return usdcMint }
        default: break
        }
        throw .invalidRequest(code: "method", message: "There is no such way to pay.")
    }

    /// What a payment's references come from, the same for each try of it. The kernel's key is
    /// random enough that nobody can name one before it was shown.
    private func seed(_ key: String) -> ChainAddress {
        let bytes = sha256(Array("guildhall solana-pay \(instance) \(key)".utf8))
        return ChainAddress(bytes: bytes) ?? .system
    }

    /// A wallet refuses to pay what is no wallet, or has nowhere to put the token.
    private func prove(
        _ recipients: Set<ChainAddress>, take mint: ChainAddress?, _ context: OperationContext
    ) async throws(ProviderError) {
        for recipient in recipients {
            let wallet = try await chain.account(recipient, context)
            guard let wallet, !wallet.executable, wallet.owner == "\(ChainAddress.system)" else {
                throw .declined(
                    code: "wallet",
                    message: "The maker's wallet cannot be paid yet. Choose another way to pay.",
                    mayRetry: true)
            }
        }
        guard let mint else { return }
        guard let program = try await chain.account(mint, context)?.tokenProgram else {
            throw .misconfigured(message: "The node does not know the mint of USDC.")
        }
        for recipient in recipients {
            try await prove(recipient, takes: mint, of: program, context)
        }
    }

    private func prove(
        _ recipient: ChainAddress, takes mint: ChainAddress, of program: ChainAddress,
        _ context: OperationContext
    ) async throws(ProviderError) {
        let place = ChainAddress.associatedAccount(of: recipient, mint: mint, program: program)
        guard let place, try await chain.account(place, context)?.owner == "\(program)" else {
            throw .declined(
                code: "token-account",
                message: "The maker's wallet takes no USDC yet. Choose another way to pay.",
                mayRetry: true)
        }
    }

    /// Time of looking, in microseconds: what was seen later is newer.
    static func version(_ instant: Instant) -> Int64 { instant.microsecondsSince1970 }
}

extension AccountBody {
    var tokenProgram: ChainAddress? {
        [.token, .token2022].first { "\($0)" == owner }
    }

    /// A mint's decimals are its byte 44 (SPL Token, `Mint`).
    var mintDecimals: UInt8? {
        guard let text = data.first, let bytes = bytes(base64: text), bytes.count >= 82 else {
            return nil
        }
        return bytes[44]
    }
}
