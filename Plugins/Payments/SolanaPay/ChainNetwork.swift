import ProviderKit
import Synchronization

/// Which network a node must be of: real money moves on the main one only, and an instance for
/// trying out must never ask for it, nor a live one be paid in what is worth nothing.
final class ChainNetwork: Sendable {
    /// The hash of the main network's first block, which no other network has
    /// (`solana genesis-hash --url mainnet-beta`; CAIP-2 names the network by its beginning).
    static let mainGenesis = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d"

    private let mode: InstanceMode
    private let isProven = Mutex(false)

    init(mode: InstanceMode) { self.mode = mode }

    /// What is wrong with the network of `node`, in a sentence; nil when nothing is.
    func problem(
        of node: ChainNode, _ context: OperationContext
    ) async throws(ProviderError) -> String? {
        let genesis = try await node.answer(String.self, "getGenesisHash", [], context)
        let isMain = genesis == Self.mainGenesis
        isProven.withLock { $0 = isMain == (mode == .live) }
        switch (mode, isMain) {
        case (.sandbox, true):
            return "The node is of Solana's main network, where real money moves: an instance in "
                + "sandbox mode takes a node of a test network."
        case (.live, false):
            return "The node is of a test network, whose money is worth nothing: a live instance "
                + "takes a node of Solana's main network."
        default: return nil
        }
    }

    /// Asks once; a node that was of the right network stays of it.
    /// - Throws: `misconfigured` when the node is of the wrong network.
    func prove(_ node: ChainNode, _ context: OperationContext) async throws(ProviderError) {
        guard !isProven.withLock({ $0 }) else { return }
        if let problem = try await problem(of: node, context) {
            throw .misconfigured(message: problem)
        }
    }
}
