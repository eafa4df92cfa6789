import Vocabulary

/// Rates by jurisdiction and day, read from the tables beside this file.
struct RateTable: Sendable {
    struct Row: Sendable {
        /// `2021-01-01`: such text compares like the days that it names.
        let validFrom: String
        let standard: PartsPerMillion
        /// From the highest; empty where there are none.
        let reduced: [PartsPerMillion]
        /// The public table or law that says so, and the day of which it tells.
        let source: String

        /// By a line's tax code, `reduced` or `reduced2`; nil where the standard rate holds.
        func reduced(_ taxCode: String) -> PartsPerMillion? {
            switch taxCode {
            case "reduced": reduced.first
            case "reduced2": reduced.last
            default: nil
            }
        }
    }

    struct Territory: Sendable {
        /// How its postal codes begin.
        let postcodes: [String]
        let row: Row
        let name: String
    }

    static let europe = RateTable(rates: europeanRates, territories: europeanTerritories)
    static let america = RateTable(rates: americanRates, territories: "")

    private let rows: [String: [Row]]
    private let territories: [String: [Territory]]

    /// Lines that do not read as rows, or name no source of ``taxSources``, are left out.
    init(rates: String, territories text: String) {
        var sources: [Substring: String] = [:]
        for line in taxSources.split(separator: "\n") {
            let cells = line.split(separator: " ", maxSplits: 1)
            if cells.count == 2 { sources[cells[0]] = String(cells[1]) }
        }
        var rows: [String: [Row]] = [:]
        for line in rates.split(separator: "\n") {
            let cells = line.split(separator: " ")
            guard cells.count >= 4, let source = sources[cells[cells.count - 1]],
                let row = Self.row(from: cells[1], cells[2..<cells.count - 1], source)
            else { continue }
            rows[String(cells[0]), default: []].append(row)
        }
        self.rows = rows.mapValues { $0.sorted { $0.validFrom < $1.validFrom } }
        var territories: [String: [Territory]] = [:]
        for line in text.split(separator: "\n") {
            let cells = line.split(separator: " ", maxSplits: 5)
            guard cells.count == 6, let source = sources[cells[4]],
                let row = Self.row(from: cells[1], cells[3].split(separator: "/")[...], source)
            else { continue }
            let territory = Territory(
                postcodes: cells[2].split(separator: ",").map(String.init), row: row,
                name: String(cells[5]))
            territories[String(cells[0]), default: []].append(territory)
        }
        self.territories = territories.mapValues {
            $0.sorted { $0.row.validFrom < $1.row.validFrom }
        }
    }

    var jurisdictions: Set<String> { Set(rows.keys) }

    /// The row that holds on `day`; nil before the first one and for unknown jurisdictions.
    func row(_ jurisdiction: String, on day: String) -> Row? {
        rows[jurisdiction]?.last { $0.validFrom <= day }
    }

    /// The part of a jurisdiction with rates of its own on `day`; nil where its own hold.
    func territory(_ jurisdiction: String, postcode: String?, on day: String) -> Territory? {
        guard let postcode = postcode?.filter({ $0 != " " && $0 != "-" }) else { return nil }
        return territories[jurisdiction]?.last { territory in
            territory.row.validFrom <= day
                && territory.postcodes.contains { postcode.hasPrefix($0) }
        }
    }

    private static func row(
        from day: Substring, _ percents: ArraySlice<Substring>, _ source: String
    ) -> Row? {
        let rates = percents.compactMap(rate)
        guard let standard = rates.first, rates.count == percents.count else { return nil }
        return Row(
            validFrom: String(day), standard: standard, reduced: Array(rates.dropFirst()),
            source: source)
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
