import Kernel
import Vocabulary
import Web

/// A page of the back office: blocks under each other, all drawn by one template. Texts only.
struct DeskPage: Sendable {
    let title: String
    /// One line under the title.
    let lead: String?
    let tabs: [Tab]
    // Templates see stored properties only.
    let hasTabs: Bool
    let blocks: [Block]
    /// Has the browser ask for it again by itself.
    var refresh: PageRefresh?

    struct Tab: Sendable {
        let label: String
        let href: String
        let isHere: Bool
    }

    init(_ title: String, lead: String? = nil, tabs: [Tab] = [], _ blocks: [Block]) {
        self.title = title
        self.lead = lead
        self.tabs = tabs
        hasTabs = !tabs.isEmpty
        self.blocks = blocks
    }

    func answer() -> PageAnswer {
        var answer = PageAnswer.page("desk", self, title: title)
        answer.refresh = refresh
        return answer
    }
}

/// One part of a page: what is set is shown, in this order.
struct Block: Sendable {
    let heading: String?
    let text: String?
    /// Things to know at a glance.
    let facts: [Fact]
    let hasFacts: Bool
    /// Side by side, as many as there is room for.
    let pictures: [Picture]
    let hasPictures: Bool
    let table: Table?
    let chart: Chart?
    let timeline: [Moment]
    let hasTimeline: Bool
    let forms: [DeskForm]
    /// Words for an empty list.
    let nothing: String?
    /// The next page of a list.
    let more: String?

    init(
        _ heading: String? = nil, text: String? = nil, facts: [Fact] = [], pictures: [Picture] = [],
        table: Table? = nil, chart: Chart? = nil, timeline: [Moment] = [], forms: [DeskForm] = [],
        nothing: String? = nil,
        more: String? = nil
    ) {
        self.heading = heading
        self.text = text
        self.facts = facts
        hasFacts = !facts.isEmpty
        self.pictures = pictures
        hasPictures = !pictures.isEmpty
        self.table = table.flatMap { $0.rows.isEmpty ? nil : $0 }
        self.chart = chart
        self.timeline = timeline
        hasTimeline = !timeline.isEmpty
        self.forms = forms
        let isEmpty = table?.rows.isEmpty ?? timeline.isEmpty
        self.nothing = isEmpty ? nothing : nil
        self.more = more
    }
}

/// A picture to be looked at, which leads to itself in full size.
struct Picture: Sendable {
    let link: String
    let words: String
}

struct Fact: Sendable {
    let name: String
    let cell: Cell

    init(_ name: String, _ value: String, to link: String? = nil, _ tone: Tone = .plain) {
        self.init(name, Cell(value, to: link, tone))
    }

    init(_ name: String, _ cell: Cell) {
        self.name = name
        self.cell = cell
    }
}

enum Tone: Sendable { case plain, good, bad, waiting }

/// A text, perhaps a link, perhaps a badge.
struct Cell: Sendable {
    let value: String
    let link: String?
    /// The class of the badge; nil for plain text.
    let badge: String?
    let isNumber: Bool

    init(_ value: String, to link: String? = nil, _ tone: Tone = .plain, isNumber: Bool = false) {
        self.value = value
        self.link = link
        badge =
            switch tone {
            case .plain: nil
            case .good: "tag good"
            case .bad: "tag bad"
            case .waiting: "tag"
            }
        self.isNumber = isNumber
    }

    static func money(_ money: Money) -> Cell { Cell(Format.money(money), isNumber: true) }
    static func number(_ number: Int) -> Cell { Cell(String(number), isNumber: true) }
    static func time(_ instant: Instant?) -> Cell { Cell(instant.map(Format.time) ?? "") }
    static func state(_ state: some RawRepresentable<String>) -> Cell { state.rawValue.stateCell }
}

extension String {
    /// A state as people read it, in the colour of how it stands.
    var stateCell: Cell { Cell(inWords, tone) }

    /// `awaiting_payment` → `awaiting payment`
    var inWords: String { String(map { $0 == "_" || $0 == "-" ? " " : $0 }) }

    private var tone: Tone {
        switch self {
        case "verified", "published", "paid", "delivered", "captured", "active", "succeeded",
            "shipped", "done", "accepted", "applied", "sent":
            .good
        case "rejected", "suspended", "blocked", "failed", "dead", "cancelled", "declined",
            "closed", "hidden", "late", "returned":
            .bad
        default: .waiting
        }
    }
}

struct Table: Sendable {
    struct Column: Sendable {
        let label: String
        let isNumber: Bool
    }
    struct Row: Sendable {
        let cells: [LabelledCell]
    }
    /// A cell with its column's name, which a narrow screen shows beside it.
    struct LabelledCell: Sendable {
        let column: String
        let cell: Cell
    }

    let columns: [Column]
    let rows: [Row]

    /// A column whose label ends in `#` holds numbers.
    init(_ labels: [String], _ rows: [[Cell]]) {
        let columns = labels.map { label in
            Column(label: String(label.prefix { $0 != "#" }), isNumber: label.hasSuffix("#"))
        }
        self.columns = columns
        self.rows = rows.map { cells in
            Row(cells: zip(columns, cells).map { LabelledCell(column: $0.label, cell: $1) })
        }
    }
}

/// One entry of a timeline.
struct Moment: Sendable {
    let when: String
    let what: String
    let who: String?
    let why: String?

    init(_ at: Instant, _ what: String, by who: String? = nil, _ why: String? = nil) {
        when = Format.time(at)
        self.what = what
        self.who = who
        self.why = why
    }
}
