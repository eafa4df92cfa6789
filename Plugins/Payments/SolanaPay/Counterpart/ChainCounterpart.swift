import Foundation
import ProviderKit
import Synchronization
import Vocabulary

/// A node of a chain of its own, for the conformance run: one wallet to be paid, and customers who
/// pay what a request asks for. It runs no programs; the tests have a chain that does.
public final class ChainCounterpart: ScriptedCounterpart {
    private static let wallet = "mvines9iiHiQTysrwkJjGf2gb9Ex9jXJX8ns3qwf2kN"
    private static let otherWallet = "8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR"
    private static let customer = "AKnL4NNf3DGWZJS6cPknBuEGnVsV4A4m5tgebLHaRSZ9"
    private static let mint = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"

    /// Of a network that there is nowhere else.
    private static let genesis = "\(ChainAddress.token)"

    private struct Transfer {
        let signature: String
        let request: TransferRequest
    }

    private let transfers = Mutex<[Transfer]>([])

    public init() {}

    public var settings: [String: String] {
        [
            "node": "https://node.example", "nodeToken": "token_conformance_5f0c7d2e9b",
            "usdc": Self.mint,
        ]
    }
    public var liveSettings: [String: String]? {
        [
            "node": "https://api.mainnet-beta.solana.com",
            "nodeToken": "token_conformance_9e2b7d0f5c", "usdc": Self.mint,
        ]
    }
    public var payingMethod: String? { "sol" }
    public var amount: Money { Money(1_500_000_000, Currency("SOL") ?? .eur) }
    public var sellerDestination: String? { Self.wallet }
    public var otherSellerDestination: String? { Self.otherWallet }

    public func customerPays(_ reference: String) async {
        guard let bill = PaymentBill(reference) else { return }
        for part in bill.parts { send(part.request) }
    }

    public func customerPays(_ reference: String, _ amount: Money, of orderID: String) async {
        guard let part = PaymentBill(reference)?.parts.first(where: { $0.order == orderID })
        else { return }
        send(
            TransferRequest(
                recipient: part.request.recipient, amount: amount, mint: part.request.mint,
                reference: part.request.reference))
    }

    private func send(_ request: TransferRequest) {
        let signature = Base58.encode(randomBytes(64))
        transfers.withLock { $0.append(Transfer(signature: signature, request: request)) }
    }

    /// A chain knows no payments, only transfers: each is one.
    public var books: CounterpartBooks {
        transfers.withLock { transfers in
            CounterpartBooks(
                payments: transfers.map { transfer in
                    let amount = transfer.request.amount
                    return PaymentSnapshot(
                        reference: transfer.request.canonical, status: .captured,
                        authorized: amount, captured: amount, refunded: .zero(amount.currency),
                        version: 1)
                })
        }
    }

    public func answer(_ request: HTTPRequest, at now: Instant) async -> HTTPResponse {
        guard
            let question = try? JSONDecoder().decode(Question.self, from: Data(request.body))
        else { return HTTPResponse(status: 400) }
        let names = question.params.first?.texts ?? []
        let known = transfers.withLock { $0 }
        switch question.method {
        case "getGenesisHash": return Self.result("\"\(Self.genesis)\"")
        case "getAccountInfo": return Self.valued(Self.account(names.first ?? ""))
        case "getSignaturesForAddress":
            let naming = known.filter { "\($0.request.reference)" == names.first }
            let listed = naming.reversed().map {
                "{\"signature\":\"\($0.signature)\",\"err\":null}"
            }
            return Self.result("[\(listed.joined(separator: ","))]")
        case "getTransaction":
            let found = known.first { $0.signature == names.first }
            return Self.result(found.map { Self.written($0.request, at: now) } ?? "null")
        case "getSignatureStatuses":
            let statuses = names.map { name in
                known.contains { $0.signature == name }
                    ? "{\"err\":null,\"confirmationStatus\":\"finalized\"}" : "null"
            }
            return Self.valued("[\(statuses.joined(separator: ","))]")
        default:
            return Self.reply(
                "\"error\":{\"code\":-32601,\"message\":\"Method not found\"}")
        }
    }

    /// The wallet, and the mint with its six decimals.
    private static func account(_ name: String) -> String {
        switch name {
        case wallet, otherWallet, "\(ChainAddress.system)":
            return "{\"owner\":\"\(ChainAddress.system)\",\"executable\":false,"
                + "\"data\":[\"\",\"base64\"]}"
        case mint:
            var bytes = [UInt8](repeating: 0, count: 82)
            bytes[44] = 6
            let data = Data(bytes).base64EncodedString()
            return "{\"owner\":\"\(ChainAddress.token)\",\"executable\":false,"
                + "\"data\":[\"\(data)\",\"base64\"]}"
        default: return "null"
        }
    }

    /// A transfer of the System program that pays the request, as a node writes it.
    private static func written(_ request: TransferRequest, at now: Instant) -> String {
        let amount = UInt64(request.amount.amount)
        let data: [UInt8] =
            [2, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: amount >> ($0 * 8)) }
        return """
            {"slot":1,"blockTime":\(now.microsecondsSince1970 / 1_000_000),\
            "transaction":{"message":{"header":{"numRequiredSignatures":1},\
            "accountKeys":["\(customer)","\(request.recipient)","\(ChainAddress.system)",\
            "\(request.reference)"],\
            "instructions":[{"programIdIndex":2,"accounts":[0,1,3],\
            "data":"\(Base58.encode(data))"}]}},"meta":{"err":null,\
            "preBalances":[\(amount + 5000),7,1,0],"postBalances":[0,\(amount + 7),1,0],\
            "preTokenBalances":[],"postTokenBalances":[],\
            "loadedAddresses":{"writable":[],"readonly":[]}}}
            """
    }

    private static func valued(_ json: String) -> HTTPResponse {
        result("{\"context\":{\"slot\":1},\"value\":\(json)}")
    }

    private static func result(_ json: String) -> HTTPResponse { reply("\"result\":\(json)") }

    private static func reply(_ json: String) -> HTTPResponse {
        HTTPResponse(status: 200, body: Array("{\"jsonrpc\":\"2.0\",\"id\":1,\(json)}".utf8))
    }
}

private struct Question: Decodable {
    /// An address or a signature, several of them, or options, which this node does not need.
    struct Parameter: Decodable {
        let texts: [String]

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let text = try? value.decode(String.self) {
                texts = [text]
            } else {
                texts = (try? value.decode([String].self)) ?? []
            }
        }
    }

    let method: String
    let params: [Parameter]
}
