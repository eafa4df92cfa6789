import ProviderKit
import Synchronization
import Testing
import Vocabulary

@testable import SolanaPay

@Suite struct `Payments on Solana` {
    static let context = OperationContext(key: "attempt-1", within: .seconds(60))
    static let asked = Money(1_500_000_000, sol)

    static func module(
        _ values: [String: String] = [:], mode: InstanceMode = .sandbox,
        genesis: String = stranger,
        _ script: @escaping @Sendable (String, String) -> HTTPResponse = { _, _ in
            ScriptedNode.fault(-32601)
        }
    ) throws -> SolanaPay {
        let known = ["node": "http://node.test"].merging(values) { $1 }
        return try SolanaPay(
            settings: InstanceSettings(instanceID: "instance", mode: mode, values: known),
            services: ProviderServices(
                http: ScriptedNode { method, parameters in
                    method == "getGenesisHash"
                        ? ScriptedNode.result("\"\(genesis)\"") : script(method, parameters)
                }))
    }

    static func start(
        _ amount: Money = asked, _ method: String = "sol", to destination: String? = wallet
    ) -> PaymentStart {
        PaymentStart(
            paymentID: "payment", amount: amount, method: method, capture: .now, returnURL: "",
            webhookURL: "", statement: "Guildhall 1234",
            shares: [
                PaymentShare(
                    orderID: "o", sellerID: "s", amount: amount, destination: destination)
            ])
    }

    /// A chain on which the wallet and its token account are as a wallet needs them.
    @Sendable static func chain(_ method: String, _ parameters: String) -> HTTPResponse {
        guard method == "getAccountInfo" else { return ScriptedNode.fault(-32601) }
        let owner =
            parameters.contains(wallet) ? ChainAddress.system : ChainAddress.token
        return ScriptedNode.result(
            """
            {"context":{"slot":1},"value":{"lamports":1,"owner":"\(owner)","executable":false,\
            "data":["","base64"]}}
            """)
    }

    /// A chain with these transactions, the oldest first, each with how far it is.
    static func chain(
        _ written: [(name: String, transaction: WrittenTransaction, level: String)]
    ) -> @Sendable (String, String) -> HTTPResponse {
        let bodies = Dictionary(
            uniqueKeysWithValues: written.map { ($0.name, $0.transaction.json) })
        let listed = written.reversed().map {
            """
            {"signature":"\($0.name)","slot":1,"err":\($0.transaction.err),"memo":null,\
            "blockTime":1,"confirmationStatus":"\($0.level)"}
            """
        }
        let levels = Dictionary(uniqueKeysWithValues: written.map { ($0.name, $0.level) })
        return { method, parameters in
            let names = written.map(\.name).filter { parameters.contains("\"\($0)\"") }
            switch method {
            case "getSignaturesForAddress":
                return ScriptedNode.result("[" + listed.joined(separator: ",") + "]")
            case "getTransaction":
                return ScriptedNode.result(names.first.flatMap { bodies[$0] } ?? "null")
            case "getSignatureStatuses":
                let statuses = names.map {
                    "{\"slot\":1,\"err\":null,\"confirmationStatus\":\"\(levels[$0] ?? "")\"}"
                }
                return ScriptedNode.result(
                    "{\"context\":{},\"value\":[\(statuses.joined(separator: ","))]}")
            default: return ScriptedNode.fault(-32601)
            }
        }
    }

    func lookup(
        _ written: [(name: String, transaction: WrittenTransaction, level: String)],
        _ amount: Money = asked
    ) async throws -> PaymentSnapshot {
        let module = try Self.module([:], Self.chain(written))
        return try #require(
            try await module.lookup(
                .reference(try request(amount).canonical), Self.context))
    }

    @Test func `are offered in the chain's own assets only`() async throws {
        let module = try Self.module()
        func codes(_ amount: Money) async throws -> [String] {
            try await module.methods(for: amount, Self.context).map(\.code)
        }

        #expect(try await codes(Money(1, sol)) == ["sol"])
        #expect(try await codes(Money(1, usdc)) == ["usdc"])
        #expect(try await codes(Money(100, .eur)) == [])
        #expect(
            try await Self.module(["usdc": "none"]).methods(for: Money(1, usdc), Self.context)
                .isEmpty)
    }

    @Test func `begin with an address for the customer's wallet`() async throws {
        let module = try Self.module(["label": "Spoon Tree"], Self.chain)
        let started = try await module.start(Self.start(), Self.context)
        let again = try await module.start(Self.start(), Self.context)
        let other = try await module.start(
            Self.start(), OperationContext(key: "attempt-2", within: .seconds(60)))

        guard case .instructions(let lines) = started.next else { throw Failure() }
        #expect(lines[0].form == .link)
        #expect(lines[0].value.hasPrefix("solana:\(wallet)?amount=1.5&reference="))
        #expect(lines[0].value.hasSuffix("&label=Spoon%20Tree&message=Guildhall%201234"))
        #expect(TransferRequest(lines[0].value)?.canonical == started.snapshot.reference)
        #expect(started.snapshot.status == .requiresAction)
        #expect(again.snapshot.reference == started.snapshot.reference)
        #expect(other.snapshot.reference != started.snapshot.reference)
        #expect(try #require(started.payUntil) > .systemNow)
    }

    @Test func `begin in USDC with the mint in the address`() async throws {
        let module = try Self.module([:], Self.chain)
        let started = try await module.start(
            Self.start(Money(10_000, usdc), "usdc"), Self.context)

        #expect(
            started.snapshot.reference.hasPrefix(
                "solana:\(wallet)?amount=0.01&spl-token=\(mainnetUSDC)&reference="))
    }

    @Test(arguments: ["DE89370400440532013000", "", nil])
    func `do not begin without a wallet`(_ destination: String?) async throws {
        let module = try Self.module([:], Self.chain)

        await #expect(throws: ProviderError.self) {
            try await module.start(Self.start(to: destination), Self.context)
        }
    }

    @Test func `do not begin when a wallet would refuse`() async throws {
        let nobody = try Self.module([:]) { _, _ in
            ScriptedNode.result("{\"context\":{},\"value\":null}")
        }
        let program = try Self.module([:]) { _, _ in
            ScriptedNode.result(
                """
                {"context":{},"value":{"owner":"\(ChainAddress.token)","executable":false,\
                "data":["",""]}}
                """)
        }
        for module in [nobody, program] {
            await #expect {
                try await module.start(Self.start(), Self.context)
            } throws: { error in
                (error as? ProviderError)?.isDeclinedForWallet ?? false
            }
        }
    }

    @Test func `are paid once the transfer is final`() async throws {
        let waiting = try await lookup([])
        #expect(waiting.status == .requiresAction)
        #expect(waiting.receipts == [])

        let seen = try await lookup([("a", nativeTransfer(), "confirmed")])
        #expect(seen.status == .processing)
        #expect(seen.captured.isZero)
        #expect(seen.receipts?.map(\.isFinal) == [false])

        let paid = try await lookup([("a", nativeTransfer(), "finalized")])
        #expect(paid.status == .captured)
        #expect(paid.captured == Self.asked)
        #expect(
            paid.receipts == [
                Receipt(
                    id: "a#0", amount: Self.asked, at: Instant(secondsSince1970: 1_760_000_000))
            ])
    }

    @Test func `add up from parts, and keep what is too much`() async throws {
        let part = try await lookup([("a", nativeTransfer(500_000_000), "finalized")])
        #expect(part.status == .requiresAction)
        #expect(part.receipts?.map(\.amount.amount) == [500_000_000])

        let whole = try await lookup([
            ("a", nativeTransfer(500_000_000), "finalized"),
            ("b", nativeTransfer(1_000_000_000), "finalized"),
        ])
        #expect(whole.status == .captured)

        let more = try await lookup([("a", nativeTransfer(1_600_000_000), "finalized")])
        #expect(more.captured == Self.asked)
        #expect(more.receipts?.map(\.amount.amount) == [1_600_000_000])

        let notYet = try await lookup([
            ("a", nativeTransfer(500_000_000), "finalized"),
            ("b", nativeTransfer(1_000_000_000), "confirmed"),
        ])
        #expect(notYet.status == .processing)
    }

    @Test func `are found behind one that failed`() async throws {
        var failed = nativeTransfer()
        failed.err = "{\"InstructionError\":[0,{\"Custom\":1}]}"
        let paid = try await lookup([
            ("a", failed, "finalized"), ("b", nativeTransfer(), "finalized"),
        ])

        #expect(paid.receipts?.map(\.id) == ["b#0"])
        #expect(paid.status == .captured)
    }

    @Test func `are ended only while nothing came`() async throws {
        let reference = try request(Self.asked).canonical
        let waiting = try Self.module([:], Self.chain([]))
        let paid = try Self.module([:], Self.chain([("a", nativeTransfer(), "finalized")]))

        #expect(try await waiting.void(reference: reference, Self.context).status == .voided)
        #expect(try await paid.void(reference: reference, Self.context).status == .captured)
    }

    @Test func `take no more than nodes give at once`() async throws {
        let node = ScriptedNode { method, parameters in
            guard method == "getSignaturesForAddress" else { return ScriptedNode.result("null") }
            let isSecond = parameters.contains("before")
            let names = isSecond ? ["last"] : (0..<1000).map { "sig\($0)" }
            let items = names.map { "{\"signature\":\"\($0)\",\"err\":null}" }
            return ScriptedNode.result("[" + items.joined(separator: ",") + "]")
        }
        let logged = Mutex<[[String: String]]>([])
        let module = try SolanaPay(
            settings: InstanceSettings(instanceID: "i", values: ["node": "http://node.test"]),
            services: ProviderServices(
                http: node,
                log: { event, fields in
                    guard event == "solana-pay.reference-crowded" else { return }
                    logged.withLock { $0.append(fields) }
                }))
        _ = try await module.lookup(.reference(try request(Self.asked).canonical), Self.context)

        let read = node.asked.filter { $0.hasPrefix("getTransaction") }
        #expect(read.count == SolanaPay.transactionsMax)
        #expect(read.first?.contains("\"last\"") ?? false)
        #expect(read.first?.contains("\"maxSupportedTransactionVersion\":0") ?? false)
        #expect(node.asked.contains { $0.contains("\"before\":\"sig999\"") })
        #expect(logged.withLock { $0 }.map { $0["transactions"] } == ["1001"])
    }

    @Test(arguments: [
        (HTTPResponse(status: 429, headers: ["Retry-After": "7"]), "unavailable"),
        (HTTPResponse(status: 503), "unavailable"), (HTTPResponse(status: 403), "misconfigured"),
        (HTTPResponse(status: 413), "invalid request"),
        (HTTPResponse(status: 200, body: Array("<html>".utf8)), "unavailable"),
        (ScriptedNode.fault(-32005), "unavailable"),
        (ScriptedNode.fault(-32602), "invalid request"),
    ])
    func `say what a node's no means`(_ answer: HTTPResponse, _ meaning: String) async throws {
        let module = try Self.module([:]) { _, _ in answer }
        do {
            _ = try await module.lookup(
                .reference(try request(Self.asked).canonical), Self.context)
            Issue.record("it was answered")
        } catch let error as ProviderError {
            #expect(error.description.hasPrefix(meaning))
        }
    }

    @Test(arguments: [
        ["node": ""], ["node": "node.test", "usdc": "nonsense"], ["minutes": "4"],
        ["minutes": "soon"],
    ])
    func `are refused settings that make no sense`(_ values: [String: String]) {
        #expect(throws: ProviderError.self) { try Self.module(values) }
    }

    struct Failure: Error {}
}

extension ProviderError {
    var isDeclinedForWallet: Bool {
        if case .declined(let code, _, _) = self { return code == "wallet" }
        return false
    }
}
