import Foundation
import ProviderKit
import Synchronization
import Testing
import Vocabulary

@testable import SolanaPay

/// A node that answers from a script, and remembers what it was asked.
final class ScriptedNode: HTTPTransport, Sendable {
    /// From a method and its parameters, as JSON, to the result or the whole answer.
    private let script: @Sendable (String, String) -> HTTPResponse
    private let log = Mutex<[String]>([])

    init(_ script: @escaping @Sendable (String, String) -> HTTPResponse) { self.script = script }

    var asked: [String] { log.withLock { $0 } }

    func send(
        _ request: HTTPRequest, deadline: Instant
    ) async throws(ProviderError) -> HTTPResponse {
        guard
            let body = try? JSONSerialization.jsonObject(with: Data(request.body))
                as? [String: Any],
            let method = body["method"] as? String, let list = body["params"],
            let data = try? JSONSerialization.data(
                withJSONObject: list, options: [.sortedKeys, .withoutEscapingSlashes])
        else { return HTTPResponse(status: 400) }
        let parameters = String(decoding: data, as: UTF8.self)
        log.withLock { $0.append("\(method) \(parameters)") }
        return script(method, parameters)
    }

    static func result(_ json: String) -> HTTPResponse {
        HTTPResponse(
            status: 200, body: Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\(json)}".utf8))
    }

    static func fault(_ code: Int) -> HTTPResponse {
        let body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":\(code),\"message\":\"no\"}}"
        return HTTPResponse(status: 200, body: Array(body.utf8))
    }
}

/// A transaction as a node writes it, of which a test changes one thing.
struct WrittenTransaction {
    struct Line {
        var program: Int
        var accounts: [Int]
        var data: [UInt8]
    }

    var keys: [String]
    var signers = 1
    var loadedWritable: [String] = []
    var loadedReadonly: [String] = []
    var lines: [Line]
    var err = "null"
    var before: [UInt64]
    var after: [UInt64]
    var tokensBefore: [(place: Int, amount: UInt64)] = []
    var tokensAfter: [(place: Int, amount: UInt64)] = []
    var mint = mainnetUSDC
    var tokenOwner = wallet
    var blockTime = "1760000000"

    var json: String {
        func list(_ texts: [String]) -> String {
            "[" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        }
        func balances(_ tokens: [(place: Int, amount: UInt64)]) -> String {
            let items = tokens.map {
                """
                {"accountIndex":\($0.place),"mint":"\(mint)","owner":"\(tokenOwner)",\
                "programId":"\(ChainAddress.token)","uiTokenAmount":{"amount":"\($0.amount)",\
                "decimals":6,"uiAmount":0.1,"uiAmountString":"0.1"}}
                """
            }
            return "[" + items.joined(separator: ",") + "]"
        }
        let instructions = lines.map {
            """
            {"programIdIndex":\($0.program),"accounts":\($0.accounts),\
            "data":"\(Base58.encode($0.data))","stackHeight":null}
            """
        }
        return """
            {"slot":430,"blockTime":\(blockTime),"version":0,"transaction":{"signatures":["s"],\
            "message":{"header":{"numRequiredSignatures":\(signers),\
            "numReadonlySignedAccounts":0,"numReadonlyUnsignedAccounts":1},\
            "accountKeys":\(list(keys)),"recentBlockhash":"x",\
            "instructions":[\(instructions.joined(separator: ","))]}},\
            "meta":{"err":\(err),"fee":5000,"preBalances":\(before),"postBalances":\(after),\
            "preTokenBalances":\(balances(tokensBefore)),\
            "postTokenBalances":\(balances(tokensAfter)),"innerInstructions":[],\
            "loadedAddresses":{"writable":\(list(loadedWritable)),\
            "readonly":\(list(loadedReadonly))}}}
            """
    }

    func read() throws -> ChainTransaction? {
        ChainTransaction(
            try JSONDecoder().decode(TransactionBody.self, from: Data(json.utf8)))
    }

    static func lamports(_ amount: UInt64) -> [UInt8] {
        [2, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: amount >> UInt64($0 * 8)) }
    }

    static func tokens(_ amount: UInt64, decimals: UInt8 = 6, kind: UInt8 = 12) -> [UInt8] {
        [kind] + (0..<8).map { UInt8(truncatingIfNeeded: amount >> UInt64($0 * 8)) } + [decimals]
    }
}

let payer = "AKnL4NNf3DGWZJS6cPknBuEGnVsV4A4m5tgebLHaRSZ9"
let reference = TransferRequestTests.reference
let stranger = "6qaoAEB2QRGcYhRsDzqDrbh6rKe7CHE2ur4v8tsdDo1k"

typealias TransferRequestTests = `A transfer request`

/// 1.5 SOL to the wallet, with the reference.
func nativeTransfer(_ amount: UInt64 = 1_500_000_000) -> WrittenTransaction {
    WrittenTransaction(
        keys: [payer, wallet, "\(ChainAddress.system)", reference],
        lines: [.init(program: 2, accounts: [0, 1, 3], data: WrittenTransaction.lamports(amount))],
        before: [5_000_000_000, 7, 1, 0],
        after: [5_000_000_000 - 5000 &- amount, 7 + amount, 1, 0])
}

let walletUSDC = "5ZGPSxMzV9xV5s3Wep73r8k5MsPAtLYs11dGDdknznM5"

/// 10 USDC to the wallet's associated account, with the reference.
func tokenTransfer(_ amount: UInt64 = 10_000_000) -> WrittenTransaction {
    WrittenTransaction(
        keys: [payer, stranger, walletUSDC, "\(ChainAddress.token)", mainnetUSDC, reference],
        lines: [
            .init(
                program: 3, accounts: [1, 4, 2, 0, 5], data: WrittenTransaction.tokens(amount))
        ],
        before: [9_000_000, 2_039_280, 2_039_280, 1, 1, 0],
        after: [8_995_000, 2_039_280, 2_039_280, 1, 1, 0],
        tokensBefore: [], tokensAfter: [(2, amount)])
}

func request(_ amount: Money, _ key: String = reference) throws -> TransferRequest {
    TransferRequest(
        recipient: try #require(ChainAddress(wallet)), amount: amount,
        mint: amount.currency == usdc ? ChainAddress(mainnetUSDC) : nil,
        reference: try #require(ChainAddress(key)))
}
