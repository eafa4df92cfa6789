import Vocabulary

extension RateTable {
    /// Reads a table; see the README for its shape.
    /// - Throws: the first problem, with its line.
    init(_ text: String) throws(TableProblem) {
        let root = try Reading(LineJSONParser.parse(text), ["zones"])
        var zones: [Zone] = []
        for item in try root.list("zones") { zones.append(try Self.zone(item)) }
        guard !zones.isEmpty else { throw root.problem("a table needs at least one zone") }
        self.zones = zones
    }

    private static func zone(_ json: LineJSON) throws(TableProblem) -> Zone {
        let zone = try Reading(
            json, ["name", "countries", "origins", "domestic", "postcodes", "options"])
        var options: [Option] = []
        for item in try zone.list("options") {
            let option = try option(item)
            guard !options.contains(where: { $0.code == option.code }) else {
                throw TableProblem(line: item.line, message: "the code \(option.code) comes twice")
            }
            options.append(option)
        }
        var postcodes: [String] = []
        for code in try zone.texts("postcodes") ?? [] {
            postcodes.append(code.filter { $0 != " " }.uppercased())
        }
        return Zone(
            name: try zone.text("name"), countries: try countries(zone, "countries"),
            origins: try countries(zone, "origins"), isDomestic: try zone.flag("domestic"),
            postcodes: postcodes, options: options)
    }

    /// Codes, `EU` for its member states; nil when absent or `*`.
    private static func countries(
        _ zone: Reading, _ key: String
    ) throws(TableProblem) -> Set<String>? {
        guard let codes = try zone.texts(key), codes != ["*"] else { return nil }
        var countries: Set<String> = []
        for code in codes {
            if code == "EU" {
                countries.formUnion(memberStates)
                continue
            }
            guard code.count == 2, code.allSatisfy({ $0.isASCII && $0.isUppercase }) else {
                throw zone.problem("\(code) is not a country code of two capital letters", key)
            }
            countries.insert(code)
        }
        return countries
    }

    private static func option(_ json: LineJSON) throws(TableProblem) -> Option {
        let option = try Reading(
            json, ["code", "label", "days", "pickup", "price", "bands", "freeFrom"])
        var bands: [Band] = []
        if option["bands"] == nil {
            bands = [Band(gramsMax: nil, valueMax: [:], prices: try option.prices("price"))]
        } else {
            guard option["price"] == nil else {
                throw option.problem("give either a price or bands", "price")
            }
            for item in try option.list("bands") {
                let band = try Reading(item, ["gramsMax", "valueMax", "price"])
                bands.append(
                    Band(
                        gramsMax: try band.number("gramsMax"),
                        valueMax: band["valueMax"] == nil ? [:] : try band.prices("valueMax"),
                        prices: try band.prices("price")))
            }
        }
        return Option(
            code: try option.text("code"), label: try option.text("label"),
            days: try days(option), isPickup: try option.flag("pickup"), bands: bands,
            freeFrom: option["freeFrom"] == nil ? [:] : try option.prices("freeFrom"))
    }

    private static func days(_ option: Reading) throws(TableProblem) -> ClosedRange<Int>? {
        guard let json = option["days"] else { return nil }
        guard case .array(let items) = json.value, items.count == 2,
            case .number(let first) = items[0].value, case .number(let last) = items[1].value,
            let first = Int(first), let last = Int(last), 0 <= first, first <= last, last <= 365
        else { throw option.problem("days are two whole numbers, such as [2, 4]", "days") }
        return first...last
    }

    static let memberStates: Set<String> = [
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
        "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    ]
}

/// One object of the table while it is read: only the names that it may have, and every complaint
/// with its line.
private struct Reading {
    let line: Int
    private let members: [(key: String, value: LineJSON)]

    init(_ json: LineJSON, _ names: Set<String>) throws(TableProblem) {
        guard case .object(let members) = json.value else {
            throw TableProblem(line: json.line, message: "an object in { } is expected here")
        }
        for member in members where !names.contains(member.key) {
            throw TableProblem(
                line: member.value.line, message: "\"\(member.key)\" is not known here")
        }
        self.members = members
        line = json.line
    }

    subscript(key: String) -> LineJSON? { members.first { $0.key == key }?.value }

    func problem(_ message: String, _ key: String? = nil) -> TableProblem {
        TableProblem(line: key.flatMap { self[$0]?.line } ?? line, message: message)
    }

    func text(_ key: String) throws(TableProblem) -> String {
        guard case .string(let text) = self[key]?.value, !text.isEmpty, text.utf8.count <= 80 else {
            throw problem("\"\(key)\" is a text of 1 to 80 characters", key)
        }
        return text
    }

    func flag(_ key: String) throws(TableProblem) -> Bool {
        guard let json = self[key] else { return false }
        guard case .bool(let flag) = json.value else {
            throw problem("\"\(key)\" is true or false", key)
        }
        return flag
    }

    func number(_ key: String) throws(TableProblem) -> Int? {
        guard let json = self[key] else { return nil }
        guard case .number(let text) = json.value, let number = Int(text), number >= 0 else {
            throw problem("\"\(key)\" is a whole number", key)
        }
        return number
    }

    func list(_ key: String) throws(TableProblem) -> [LineJSON] {
        guard case .array(let items) = self[key]?.value else {
            throw problem("\"\(key)\" is a list in [ ]", key)
        }
        return items
    }

    func texts(_ key: String) throws(TableProblem) -> [String]? {
        guard self[key] != nil else { return nil }
        var texts: [String] = []
        for item in try list(key) {
            guard case .string(let text) = item.value, !text.isEmpty else {
                throw TableProblem(line: item.line, message: "\"\(key)\" is a list of texts")
            }
            texts.append(text)
        }
        return texts
    }

    /// `{"EUR": "4.90", "USD": "5.50"}`, in major units.
    func prices(_ key: String) throws(TableProblem) -> [Currency: Money] {
        guard case .object(let members) = self[key]?.value, !members.isEmpty else {
            throw problem("\"\(key)\" is prices by currency, such as {\"EUR\": \"4.90\"}", key)
        }
        var prices: [Currency: Money] = [:]
        for member in members {
            guard let currency = Currency(member.key) else {
                throw TableProblem(
                    line: member.value.line, message: "\(member.key) is not a known currency")
            }
            guard case .string(let text) = member.value.value,
                let price = Money(decimal: text, currency), !price.isNegative
            else {
                throw TableProblem(
                    line: member.value.line,
                    message: "a price is a decimal in quotes, such as \"4.90\"")
            }
            prices[currency] = price
        }
        return prices
    }
}
