import Synchronization

/// What went wrong at both banks of a swap, by the banks' own count.
final class SwapFaults: Sendable, CustomStringConvertible {
    private let counts = Mutex<[String: Int64]>([:])

    func add(_ name: String, _ count: Int64) { counts.withLock { $0[name, default: 0] += count } }

    var description: String {
        counts.withLock { $0 }.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            .joined(separator: ", ")
    }

    /// What a swap is to survive, and did not happen in this one.
    var missing: [String] {
        counts.withLock { counts in
            ["late", "double", "shuffled"].filter { counts[$0, default: 0] == 0 }
        }
    }
}

extension SwapDrill {
    /// From now on things go wrong at the bank of `side`, as planned.
    func spoil(_ side: SwapProviders.Side, sparingCustomers: Bool = true) async throws {
        try await note(side)
        _ = try await WalkClient("sandbox bank", side.bankURL).post(
            "/control/faults", plan.faults(sparingCustomers: sparingCustomers))
    }

    func endFaults(of side: SwapProviders.Side) async throws {
        try await note(side)
        _ = try await WalkClient("sandbox bank", side.bankURL).post("/control/faults", [:])
    }

    /// Counts what has gone wrong there since it was counted last: a plan begins at none, and a
    /// bank that dies forgets.
    func note(_ side: SwapProviders.Side) async throws {
        let seen = try await WalkClient("sandbox bank", side.bankURL).get("/control/faults")
        guard case .members(let counts) = seen.fact else { return }
        for (name, count) in counts where name != "waiting" {
            happened.add(name, count.integer ?? 0)
        }
    }
}
