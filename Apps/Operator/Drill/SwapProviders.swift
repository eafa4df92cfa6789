import Kernel
import Vocabulary

/// The two providers of a swap, each at a bank of its own.
struct SwapProviders: Sendable {
    struct Side: Sendable {
        let name: String
        let module: String
        let bankURL: String
        /// The provider's id.
        let id: String
    }

    let old: Side
    let new: Side
    let admin: WalkClient

    init(_ admin: WalkClient, oldBank: String, newBank: String) async throws {
        self.admin = admin
        // What is only reserved can be released.
        old = try await Self.add(
            "Cards", "sandbox-payments", capture: "at_shipment", at: oldBank, admin)
        new = try await Self.add(
            "Wallet", "sandbox-wallet", capture: "at_order", at: newBank, admin)
    }

    private static func add(
        _ name: String, _ module: String, capture: String, at bankURL: String,
        _ admin: WalkClient
    ) async throws -> Side {
        let settings: [(String, String)] = [
            ("url", bankURL), ("apiKey", "sk_sandbox_south"),
            ("webhookSecret", "whsec_sandbox_south"),
        ]
        let made = try await admin.post(
            "/api/v1/providers",
            [
                "module": .string(module), "name": .string(name), "capture": .string(capture),
                "settings": .list(
                    settings.map { ["key": .string($0.0), "value": .string($0.1)] }),
            ], key: DrillTrade.newKey())
        let id = try made.text("id")
        try await move(id, "activation", admin)
        return Side(name: name, module: module, bankURL: bankURL, id: id)
    }

    /// `activation`, `drain` or `retirement`.
    static func move(_ id: String, _ noun: String, _ admin: WalkClient) async throws {
        _ = try await admin.post(
            "/api/v1/providers/\(id)/\(noun)", ["reason": "a drill"], key: DrillTrade.newKey())
    }

    /// Every checkout that begins now is paid at `side`.
    func turn(to side: Side) async throws {
        _ = try await admin.post(
            "/api/v1/provider-rules/payment",
            ["rules": [["instance": .string(side.id)]], "reason": "a drill"],
            key: DrillTrade.newKey())
    }

    /// What of `side` is open, by kind.
    func open(_ side: Side) async throws -> [(kind: String, count: Int64)] {
        let seen = try await admin.get("/api/v1/providers/\(side.id)")
        return seen["open"].items.map { ($0["kind"].text ?? "thing", $0["count"].integer ?? 0) }
    }
}
