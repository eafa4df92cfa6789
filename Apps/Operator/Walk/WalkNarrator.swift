import Foundation
import Vocabulary

/// Tells the walk as a person would: numbered chapters, a line per act, receipts below it.
struct WalkNarrator: Sendable {
    private let started = ContinuousClock.now

    func chapter(_ title: String) {
        say("")
        say("── \(title)")
    }

    func tell(_ line: String) { say("   \(line)") }

    /// A receipt: what is due, what for.
    func receipt(_ lines: [(name: String, value: String)]) {
        let width = lines.map(\.name.count).max() ?? 0
        for (name, value) in lines {
            let dots = String(repeating: ".", count: width - name.count + 3)
            say("     │ \(name) \(dots) \(value)")
        }
    }

    func end(_ line: String) {
        let seconds = (ContinuousClock.now - started).components.seconds
        say("")
        say("✓ \(line) (\(seconds) s)")
    }
}

extension Fact {
    /// The amount of `{"amount": 4250, "currency": "EUR"}`.
    var money: Money? {
        guard let amount = self["amount"].integer, let code = self["currency"].text,
            let currency = Currency(code)
        else { return nil }
        return Money(amount, currency)
    }
}
