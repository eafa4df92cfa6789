import Vocabulary

/// Rates by jurisdiction and day, read from the tables beside this file.
struct RateTable: Sendable {
    struct Row: Sendable {
        /// `2021-01-01`: such text compares like the days that it names.
        let validFrom: String
        let standard: PartsPerMillion
        let reduced: [PartsPerMillion]
    }

    struct Territory: Sendable {
        let postcode: String
        let standard: PartsPerMillion
        let name: String
    }

    static let europe = RateTable(rates: europeanRates, territories: europeanTerritories)
    static let america = RateTable(rates: americanRates, territories: "")

    private let rows: [String: [Row]]
    private let territories: [String: [Territory]]

    /// Lines that do not read as rows are left out; a test compares the counts.
    init(rates: String, territories text: String) {
        var rows: [String: [Row]] = [:]
        for line in rates.split(separator: "\n") {
            let cells = line.split(separator: " ")
            let percents = cells.dropFirst(2).compactMap(Self.rate)
            guard cells.count >= 3, percents.count == cells.count - 2 else { continue }
            let row = Row(
                validFrom: String(cells[1]), standard: percents[0],
                reduced: Array(percents.dropFirst()))
            rows[String(cells[0]), default: []].append(row)
        }
        self.rows = rows.mapValues { $0.sorted { $0.validFrom < $1.validFrom } }
        var territories: [String: [Territory]] = [:]
        for line in text.split(separator: "\n") {
            let cells = line.split(separator: " ", maxSplits: 3)
            guard cells.count == 4, let rate = Self.rate(cells[2]) else { continue }
            let territory = Territory(
                postcode: String(cells[1]), standard: rate, name: String(cells[3]))
            territories[String(cells[0]), default: []].append(territory)
        }
        self.territories = territories
    }

    var jurisdictions: Set<String> { Set(rows.keys) }
    var rowCount: Int { rows.values.reduce(0) { $0 + $1.count } }

    /// The row that holds on `day`; nil before the first one and for unknown jurisdictions.
    func row(_ jurisdiction: String, on day: String) -> Row? {
        rows[jurisdiction]?.last { $0.validFrom <= day }
    }

    func territory(_ jurisdiction: String, postcode: String?) -> Territory? {
        guard let postcode = postcode?.filter({ $0 != " " && $0 != "-" }) else { return nil }
        return territories[jurisdiction]?.first { postcode.hasPrefix($0.postcode) }
    }

    /// `25.5` as parts per million, exactly.
    private static func rate(_ percent: Substring) -> PartsPerMillion? {
        let parts = percent.split(separator: ".")
        guard (1...2).contains(parts.count), let whole = Int64(parts[0]) else { return nil }
        guard parts.count == 2 else { return PartsPerMillion(percent: whole) }
        guard parts[1].count <= 4, let digits = Int64(parts[1]) else { return nil }
        let scale = [1, 1000, 100, 10, 1][parts[1].count]
        return PartsPerMillion(whole * 10_000 + digits * Int64(scale))
    }
}
