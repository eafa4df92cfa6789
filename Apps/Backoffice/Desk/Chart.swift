import Kernel

/// Bars beside each other, drawn by the server as SVG: each a good part on top of a bad one.
struct Chart: Sendable {
    struct Bar: Sendable {
        let x: Int
        let y: Int
        let width: Int
        let height: Int
        /// The class that colours it.
        let tone: String
    }

    /// What it shows, for those who read it and for those who cannot see it.
    let label: String
    let width: Int
    let height: Int
    let bars: [Bar]

    private static let barWidth = 5
    private static let tall = 60

    /// - Parameter values: for each place from left to right how much is good and how much bad,
    ///   neither negative.
    init(_ label: Phrase, _ values: [(good: Int, bad: Int)]) {
        self.label = label.text
        width = max(1, values.count) * Self.barWidth
        height = Self.tall
        let most = values.map { $0.good + $0.bad }.max() ?? 0
        var bars: [Bar] = []
        for (index, value) in values.enumerated() where value.good + value.bad > 0 {
            let all = Self.scaled(value.good + value.bad, of: most)
            // A single failure among thousands is to be seen.
            let bad = value.bad == 0 ? 0 : max(2, Self.scaled(value.bad, of: most))
            let x = index * Self.barWidth
            if all > bad {
                bars.append(
                    Bar(
                        x: x, y: Self.tall - all, width: Self.barWidth - 1, height: all - bad,
                        tone: "good"))
            }
            if bad > 0 {
                bars.append(
                    Bar(
                        x: x, y: Self.tall - bad, width: Self.barWidth - 1, height: bad,
                        tone: "bad"))
            }
        }
        self.bars = bars
    }

    /// At least one: what is there is seen.
    private static func scaled(_ value: Int, of most: Int) -> Int {
        max(1, value * tall / max(1, most))
    }
}
