import Kernel
import Testing
import Vocabulary
import Web

@Suite struct `A clock time on a page` {
    private let now = Instant(secondsSince1970: 1_763_697_600)

    @Test(arguments: [
        (-90, "less than a minute"), (0, "less than a minute"), (59, "less than a minute"),
        (60, "1 minute"), (14 * 60 + 59, "14 minutes"), (119 * 60, "119 minutes"),
        (120 * 60, "2 hours"), (47 * 3600 + 3599, "47 hours"), (48 * 3600, "2 days"),
        (8 * 86_400 - 1, "7 days"),
    ])
    func `says how much is left, and never more`(_ seconds: Int, _ said: String) {
        let end = now.advanced(by: .seconds(seconds))
        #expect(ClockTime.left(from: now, until: end) == said)
    }

    @Test func `is for people and for scripts`() {
        #expect(
            ClockTime.moment(now)
                == "<time datetime=\"2025-11-21T04:00:00Z\" data-clock=\"moment\">"
                + "21 November 2025, 04:00 UTC</time>")
        #expect(
            ClockTime.hour(now)
                == "<time datetime=\"2025-11-21T04:00:00Z\" data-clock=\"hour\">04:00 UTC</time>")
    }
}
