import ProviderKit
import Testing
import Vocabulary

@testable import SolanaPay

private let mainNetwork = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d"
private let devnet = "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG"

@Suite struct `An instance of Solana Pay` {
    private typealias Payments = `Payments on Solana`

    @Test(arguments: [
        (InstanceMode.sandbox, mainNetwork), (.live, devnet), (.live, stranger),
    ])
    func `refuses a node of the wrong network, when it is checked and before a payment`(
        _ mode: InstanceMode, _ genesis: String
    ) async throws {
        let module = try Payments.module(
            ["usdc": "none"], mode: mode, genesis: genesis, Payments.chain)

        #expect(try await module.check(Payments.context).count == 1)
        let error = await #expect(throws: ProviderError.self) {
            try await module.start(Payments.start(), Payments.context)
        }
        guard case .misconfigured = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        (InstanceMode.sandbox, devnet), (.sandbox, stranger), (.live, mainNetwork),
    ])
    func `takes a node of the right one`(_ mode: InstanceMode, _ genesis: String) async throws {
        let module = try Payments.module(
            ["usdc": "none"], mode: mode, genesis: genesis, Payments.chain)

        #expect(try await module.check(Payments.context) == [])
        let started = try await module.start(Payments.start(), Payments.context)
        #expect(started.snapshot.status == .requiresAction)
    }

    @Test func `asks for the network once, and again only while nobody answered`() async throws {
        let node = ScriptedNode { method, parameters in
            method == "getGenesisHash"
                ? ScriptedNode.result("\"\(devnet)\"") : Payments.chain(method, parameters)
        }
        let module = try SolanaPay(
            settings: InstanceSettings(instanceID: "i", values: ["node": "http://node.test"]),
            services: ProviderServices(http: node))
        for _ in 0..<3 { _ = try await module.start(Payments.start(), Payments.context) }

        #expect(node.asked.count { $0.hasPrefix("getGenesisHash") } == 1)
    }
}
