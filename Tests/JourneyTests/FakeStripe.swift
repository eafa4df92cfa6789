import Foundation
import ProviderHost
import ProviderKit
import TestServers
import Vocabulary

/// `Tests/Stripe/server.py`: a Stripe in a process of its own behind a socket, with its own books.
struct FakeStripe: Sendable {
    /// Its books, as far as tests compare them with ours. Amounts in minor units.
    struct Books: Decodable, Sendable {
        struct Payment: Decodable, Sendable {
            let id: String
            let payment: String?
            let status: String
            let received: Int64
            let refunded: Int64
            let currency: String
        }

        struct Transfer: Decodable, Sendable {
            let amount: Int64
            let destination: String
            /// The charge that it is tied to.
            let source: String?
        }

        /// From a seller's account to a bank.
        struct Payout: Decodable, Sendable {
            let id: String
            let account: String
            let amount: Int64
            let status: String
            /// The platform's id of the order; nil for what nobody asked for.
            let order: String?
        }

        /// What it holds of ours, by currency.
        let balance: [String: Int64]
        let payments: [Payment]
        let transfers: [Transfer]
        let payouts: [Payout]
        /// What each seller's account holds, by currency.
        let accounts: [String: [String: Int64]]
    }

    struct State: Decodable, Sendable {
        struct Courier: Decodable, Sendable {
            let waiting: Int
            let arrived: Int
        }

        let courier: Courier
        let requests: Int
        let faults: [String: Int]
        let complaints: [String]
    }

    let url: String

    /// Runs one for as long as `body` runs.
    static func run(_ body: (FakeStripe) async throws -> Void) async throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Stripe/server.py").path
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("guildhall-stripe-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var arguments = ["python3", "-B", script, "0"]
        // Judged afterwards by the vendor's own types, where there are those.
        if let files = ProcessInfo.processInfo.environment["GUILDHALL_TEST_FILES"] {
            try FileManager.default.createDirectory(
                atPath: files, withIntermediateDirectories: true)
            arguments += ["--journal", "\(files)/stripe-\(UUID().uuidString).jsonl"]
        }
        let program = try Program("/usr/bin/env", arguments, log: folder + "/log")
        do {
            let fake = FakeStripe(url: "http://127.0.0.1:\(try await port(folder + "/log"))")
            try await body(fake)
        } catch {
            program.send(SIGTERM)
            try await program.waitForEnd()
            throw error
        }
        program.send(SIGTERM)
        try await program.waitForEnd()
    }

    private static func port(_ log: String) async throws -> Int {
        for _ in 0..<600 {
            let text = FileManager.default.contents(atPath: log).map {
                String(decoding: $0, as: UTF8.self)
            }
            let ready = (text ?? "").split(whereSeparator: \.isNewline)
                .first { $0.hasPrefix("ready ") }
            if let port = ready.flatMap({ Int($0.dropFirst(6)) }) { return port }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw ServerFailure("the fake Stripe does not start; is there a python3?")
    }

    /// What a test decides, below `/_/`.
    func control(_ path: String, _ json: String = "{}") async throws {
        _ = try await send("POST", "/_/\(path)", Array(json.utf8))
    }

    func books() async throws -> Books { try await read("/_/books") }

    func state() async throws -> State { try await read("/_/state") }

    /// The customer pays on Stripe's page; the seller answers on it.
    func press(_ page: String, _ choice: String) async throws -> ProviderKit.HTTPResponse {
        try await send(
            "POST", String(page.dropFirst(url.count)), Array("choice=\(choice)".utf8))
    }

    private func read<Answer: Decodable>(_ path: String) async throws -> Answer {
        let answer = try await send("GET", path, [])
        return try JSONDecoder().decode(Answer.self, from: Data(answer.body))
    }

    private func send(
        _ method: String, _ path: String, _ body: [UInt8]
    ) async throws -> ProviderKit.HTTPResponse {
        var request = ProviderKit.HTTPRequest(method, url + path)
        request.body = body
        let answer = try await HostTransport(client: Self.client, hosts: ["127.0.0.1"]).send(
            request, deadline: .systemNow.advanced(by: .seconds(20)))
        guard answer.status < 400 else {
            throw ServerFailure("\(path): \(String(decoding: answer.body, as: UTF8.self))")
        }
        return answer
    }

    private static let client = HostClient(
        privateHosts: ["127.0.0.1"], connectingWithin: .seconds(60))
}
