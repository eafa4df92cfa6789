import Foundation
import Kernel
import ProviderHost
import ProviderKit
import TestServers
import Vocabulary

/// A chain of this test process: the programs of Solana, run by LiteSVM behind a JSON-RPC front.
/// See `Chain/chain.py`.
struct TestChain: Sendable {
    /// The front's address.
    let node: String
    private let transport = HostTransport(client: Self.client, hosts: ["127.0.0.1"])

    /// The one of all tests. The first to ask waits until it is there.
    static func running() async throws -> TestChain { try await begun.value }

    private static let begun = Task { try await start() }
    private static let client = HostClient(
        privateHosts: ["127.0.0.1"], connectingWithin: .seconds(60))

    private static func start() async throws -> TestChain {
        let files = FileManager.default
        let folder = files.temporaryDirectory.path + "/guildhall-chain-\(getpid())"
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? files.removeItem(atPath: folder) }
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
        let (port, log) = (folder + "/port", folder + "/log")
        let program = try Program("/bin/bash", [here + "/Chain/start", port], log: log)
        // The first time it comes from PyPI.
        for _ in 0..<6000 {
            if let number = files.contents(atPath: port) {
                return TestChain(
                    node: "http://127.0.0.1:" + String(decoding: number, as: UTF8.self))
            }
            if program.hasEnded { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        let said = files.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) }
        throw ServerFailure("the chain did not start: \(said ?? "")")
    }

    /// The front, or a bad node of the same chain.
    /// - Parameters:
    ///   - seed: by which its faults come; nil for none.
    ///   - percent: of the faults that it might have.
    func node(faults seed: Int?, percent: Int = 50) -> String {
        node + (seed.map { "/faulty/\($0)/\(percent)" } ?? "")
    }

    /// A market that asks a bad node gives up before the node has been silent long enough.
    static func patience(faults seed: Int?) -> (inout KernelSettings) -> Void {
        { settings in if seed != nil { settings.callDeadline = .seconds(4) } }
    }

    /// A module that asks this chain.
    func module(usdc mint: String) throws -> SolanaPayModule {
        try SolanaPayModule(
            settings: InstanceSettings(
                instanceID: "instance", values: ["node": node, "usdc": mint]),
            services: ProviderServices(http: transport))
    }

    /// A token with that many decimals; its mint's address.
    func mint(decimals: Int = 6) async throws -> String { try await ask("_mint", decimals) }

    /// A wallet with so many lamports, and for each mint an account with so many minor units.
    func wallet(_ lamports: Int, _ tokens: [String: Int] = [:]) async throws -> String {
        try await ask("_wallet", lamports, tokens)
    }

    /// Pays all lines in one transaction, as the wallet of a customer does; tells its signature.
    func pay(_ lines: Line..., from wallet: String) async throws -> String {
        try await ask("_pay", wallet, lines.map(\.json))
    }

    func finalize(_ signature: String) async throws {
        let _: Bool = try await ask("_level", signature, "finalized")
    }

    /// The transaction stood on a fork that the chain did not follow.
    func forget(_ signature: String) async throws {
        let _: Bool = try await ask("_forget", signature)
    }

    /// Minor units of a token in a wallet.
    func tokens(_ wallet: String, _ mint: String) async throws -> Int {
        try await ask("_tokens", wallet, mint)
    }

    func lamports(_ wallet: String) async throws -> Int {
        let answer: [String: Any] = try await ask("getBalance", wallet)
        return answer["value"] as? Int ?? -1
    }

    /// What a wallet does with a transfer request's address, and what it does otherwise.
    struct Line {
        var url: String
        var amount: Int?
        var mint: String?
        var references: [String]?

        fileprivate var json: [String: Any] {
            var json: [String: Any] = ["url": url]
            if let amount { json["amount"] = amount }
            if let mint { json["mint"] = mint }
            if let references { json["references"] = references }
            return json
        }
    }

    private func ask<Answer>(_ method: String, _ parameters: Any...) async throws -> Answer {
        let question: [String: Any] = [
            "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters,
        ]
        let body = try JSONSerialization.data(withJSONObject: question)
        let response = try await transport.send(
            HTTPRequest(
                "POST", node, headers: ["Content-Type": "application/json"], body: [UInt8](body)),
            deadline: Instant.systemNow.advanced(by: .seconds(20)))
        let reply = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        guard let answer = reply?["result"] as? Answer else {
            throw ServerFailure("\(method): \(reply ?? [:])")
        }
        return answer
    }
}
