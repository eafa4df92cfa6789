import Synchronization
import Vocabulary

/// What can go wrong between the bank and a merchant.
enum BankFault: String, CaseIterable, Codable, Sendable {
    /// Acted on, and never answered.
    case lost
    /// Acted on, and a machine in between answers 502 with a page of its own.
    case cut
    /// 409, not acted on: another call with this key is under way.
    case conflict
    /// 429 with Retry-After, not acted on.
    case busy
    /// 500, not acted on.
    case broken
    /// 503 from a machine in between, not acted on.
    case gone

    /// Whether the bank acts before it goes wrong.
    var acts: Bool { self == .lost || self == .cut }

    /// What the merchant is told.
    var answer: BankBook.Answer {
        switch self {
        case .lost: .init(status: 504, body: "{}", isWithheld: true)
        case .cut: .init(status: 502, body: "<html><h1>502 Bad Gateway</h1></html>")
        case .conflict:
            BankBook.refused(
                BankRefusal(409, "key_in_use", "Another call with this key is under way."))
        case .busy: BankBook.busy
        case .broken:
            BankBook.refused(BankRefusal(500, "server_error", "Something went wrong."))
        case .gone: .init(status: 503, body: "upstream connect error")
        }
    }
}

/// How often what goes wrong. The same plan and the same calls have the same faults.
struct BankFaultPlan: Codable, Sendable {
    struct Webhooks: Codable, Sendable {
        /// Of a thousand, how many are sent twice, and how many wait first.
        var double: Int?
        var late: Int?
        var lateMilliseconds: Int?
        /// Those that are due at once are sent in any order.
        var shuffled: Bool?
    }

    var seed: UInt64?
    /// Of a thousand calls, how many each befalls.
    var calls: [String: Int]?
    /// Only calls whose method and path contain this: `POST /v1/payouts`.
    var only: String?
    /// Not those whose method and path are this: `POST /v1/payments`.
    var except: String?
    var webhooks: Webhooks?

    /// - Throws: a refusal that names what is wrong.
    func check() throws(BankRefusal) {
        let chances = (calls ?? [:]).values + [webhooks?.double ?? 0, webhooks?.late ?? 0]
        guard chances.allSatisfy((0...1000).contains), (calls ?? [:]).values.reduce(0, +) <= 1000,
            (0...600_000).contains(webhooks?.lateMilliseconds ?? 0)
        else { throw BankRefusal(400, "chance", "Chances are of a thousand.") }
        for name in (calls ?? [:]).keys where BankFault(rawValue: name) == nil {
            throw BankRefusal(400, "unknown_fault", "There is no fault \(name.prefix(40)).")
        }
    }
}

/// Draws what goes wrong. It forgets its plan when the bank is put anew.
final class BankFaults: Sendable {
    private struct State {
        var plan = BankFaultPlan()
        var random = SplitMix64(seed: 1)
        var happened: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// What has gone wrong since the plan was made, by its name.
    var happened: [String: Int] { state.withLock { $0.happened } }

    func follow(_ plan: BankFaultPlan) {
        state.withLock { $0 = State(plan: plan, random: SplitMix64(seed: plan.seed ?? 1)) }
    }

    /// What befalls this call; nil for those that go well.
    func next(_ method: String, _ path: String) -> BankFault? {
        state.withLock { state in
            let call = "\(method) \(path)"
            guard let chances = state.plan.calls, call != state.plan.except,
                state.plan.only.map({ call.contains($0) }) ?? true
            else { return nil }
            var drawn = Int.random(in: 0..<1000, using: &state.random)
            let fault = BankFault.allCases.first { fault in
                drawn -= chances[fault.rawValue] ?? 0
                return drawn < 0
            }
            // What changes nothing has no key, and nothing to be left in doubt.
            guard let fault, method == "POST" || fault == .busy || fault == .gone else {
                return nil
            }
            state.happened[fault.rawValue, default: 0] += 1
            return fault
        }
    }

    /// How long a webhook waits before it is sent first, in milliseconds.
    func delay() -> Int {
        draw("late") { $0.late } ? state.withLock { $0.plan.webhooks?.lateMilliseconds ?? 0 } : 0
    }

    /// Some twice, and in any order, as the plan says.
    func deliveries(of events: [BankEvent]) -> [BankEvent] {
        let all = events.flatMap { draw("double") { $0.double } ? [$0, $0] : [$0] }
        return state.withLock { state in
            guard state.plan.webhooks?.shuffled == true, all.count > 1 else { return all }
            state.happened["shuffled", default: 0] += 1
            return all.shuffled(using: &state.random)
        }
    }

    private func draw(_ name: String, _ chance: (BankFaultPlan.Webhooks) -> Int?) -> Bool {
        state.withLock { state in
            guard let chance = state.plan.webhooks.flatMap(chance),
                Int.random(in: 0..<1000, using: &state.random) < chance
            else { return false }
            state.happened[name, default: 0] += 1
            return true
        }
    }
}
