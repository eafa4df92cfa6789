import Vocabulary

/// One thing that a reviewer looks at before a seller is verified. The operator writes them.
public struct ChecklistRow: Hashable, Sendable, Codable {
    public let id: ID<ChecklistRow>
    /// Smaller ones stand first.
    public let position: Int
    public let text: String
    /// Whether a seller is verified only when it is ticked.
    public let isRequired: Bool
    /// ISO 3166-1 alpha-2, in alphabetical order: of the sellers that it is for; none is all.
    public let countries: [String]
    /// Whether it is asked of sellers who are verified from now on.
    public let isActive: Bool
    public let createdAt: Instant

    /// So many there may be, those that are no longer asked included.
    public static let countMax = 100

    func isFor(_ country: String) -> Bool {
        isActive && (countries.isEmpty || countries.contains(country))
    }
}

/// A row as it is typed in.
public struct ChecklistDraft: Hashable, Sendable, Codable {
    public var text: String
    public var isRequired: Bool
    public var countries: [String]
    public var position: Int
    public var isActive: Bool

    public init(
        text: String, isRequired: Bool = true, countries: [String] = [], position: Int = 1,
        isActive: Bool = true
    ) {
        self.text = text
        self.isRequired = isRequired
        self.countries = countries
        self.position = position
        self.isActive = isActive
    }

    init(_ row: ChecklistRow) {
        self.init(
            text: row.text, isRequired: row.isRequired, countries: row.countries,
            position: row.position, isActive: row.isActive)
    }

    /// - Throws: ``InputRefusal`` that names the field at fault.
    func checked() throws(InputRefusal) -> ChecklistDraft {
        var draft = self
        draft.text = try InputText.line(text, field: "text", lengths: 3...300)
        let codes = Set(countries.map { InputText.trimmed($0).uppercased() })
        guard codes.count <= 250,
            codes.allSatisfy({ code in
                code.utf8.count == 2 && code.utf8.allSatisfy { (65...90).contains($0) }
            })
        else {
            throw InputRefusal(
                .wrong("A country is two letters, such as DE."), field: "countries")
        }
        draft.countries = codes.sorted()
        guard (1...10_000).contains(position) else {
            throw InputRefusal(.wrong("The position is 1 to 10,000."), field: "position")
        }
        return draft
    }
}

/// A row that somebody ticked for a seller.
public struct ChecklistTick: Hashable, Sendable, Codable {
    public let row: ID<ChecklistRow>
    /// What the row said then.
    public let text: String
    public let isRequired: Bool
    public let note: String?
    public let by: ID<Account>
    /// Nil for one whose account was erased.
    public let byName: String?
    public let at: Instant
}

/// One line of the list for one seller: a row, perhaps ticked.
public struct ChecklistEntry: Hashable, Sendable, Codable {
    public let row: ID<ChecklistRow>
    public let text: String
    public let isRequired: Bool
    public let tick: ChecklistTick?

    /// The list for a seller. While the application is looked at, it is the rows that are for it,
    /// each with the tick that was given to its present words: a row that was rewritten is looked
    /// at anew. Afterwards it is what was ticked, in the words of then.
    static func list(
        _ rows: [ChecklistRow], _ ticks: [ChecklistTick], for seller: Seller
    ) -> [ChecklistEntry] {
        guard seller.state == .submitted else {
            return ticks.map {
                ChecklistEntry(row: $0.row, text: $0.text, isRequired: $0.isRequired, tick: $0)
            }
        }
        return rows.filter { $0.isFor(seller.country) }.map { row in
            ChecklistEntry(
                row: row.id, text: row.text, isRequired: row.isRequired,
                tick: ticks.first { $0.row == row.id && $0.text == row.text })
        }
    }
}
