import Kernel
import Vocabulary
import Web

/// The demo's clock. In a real market it cannot be moved, and the page for it is not there.
struct ClockRoutes {
    struct Step: Described {
        let hours: Int
        let reason: String
        static let rules: [String: [Rule]] = [
            "hours": [.range(1...9600)], "reason": [.length(3...500)],
        ]
    }

    struct ClockAnswer: Codable { let now: Instant }

    let desk: Desk

    func mount() {
        desk.read("/clock", "What time it is in the market", tag: "Clock", .lookAround) {
            call, _ in ClockAnswer(now: try await call.marketplace.marketNow())
        }
        guard desk.routes.site.marketplace.settings.isDemo else { return }
        desk.page("/clock", .moveClock) { call, _ in
            Self.page(now: try await call.marketplace.marketNow())
        }
        desk.act(
            Act<Nothing>(
                "/clock", "Move the demo's clock forward", tag: "Clock", .moveClock,
                done: "The clock was moved.", back: { _ in "/clock" }), input: Step.self
        ) { marketplace, _, input, admin in
            ClockAnswer(
                now: try await marketplace.moveClock(
                    by: .seconds(Int64(input.hours) * 3600), reason: input.reason,
                    as: admin.account.id))
        }
    }

    private static func page(now: Instant) -> DeskPage {
        DeskPage(
            "The market's clock", lead: "It is \(Format.time(now)) in the market.",
            [
                Block(
                    text: """
                        Holds, expiry and payouts go by this clock. It only moves forward, and \
                        only in a demo.
                        """,
                    forms: [
                        .reasoned(
                            "Move the clock", to: "/clock",
                            hint: """
                                Whatever was due in between is done, and it cannot be moved back.
                                """,
                            [
                                .line(
                                    "hours", "Hours", "24", help: "168 are a week.",
                                    type: "number")
                            ])
                    ])
            ])
    }
}
