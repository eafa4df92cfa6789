import Kernel
import Vocabulary
import Web

/// A page of the back office: blocks under each other, all drawn by one template. What is ours to
/// say comes in as a ``Phrase``, so that a literal is a key of the catalogues; what is not is
/// marked as data. Both stand here as finished texts in the language of the page.
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

        init(label: Phrase, href: String, isHere: Bool) {
            self.label = label.text
            self.href = href
            self.isHere = isHere
        }
    }

    init(_ title: Phrase, lead: Phrase? = nil, tabs: [Tab] = [], _ blocks: [Block]) {
        self.title = title.text
        self.lead = lead?.text
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
    /// What somebody wrote, with its line breaks.
    private(set) var quote: String?
    /// For programs: with its blanks, in letters of one width.
    private(set) var code: String?
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
    /// Where addresses with `#` lead to.
    private(set) var anchor: String?

    init(
        _ heading: Phrase? = nil, text: Phrase? = nil, facts: [Fact] = [], pictures: [Picture] = [],
        table: Table? = nil, chart: Chart? = nil, timeline: [Moment] = [], forms: [DeskForm] = [],
        nothing: Phrase? = nil,
        more: String? = nil
    ) {
        self.heading = heading?.text
        self.text = text?.text
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
        self.nothing = isEmpty ? nothing?.text : nil
        self.more = more
    }

    func quoting(_ words: String) -> Block {
        var block = self
        block.quote = words.isEmpty ? nil : words
        return block
    }

    func showing(code: String) -> Block {
        var block = self
        block.code = code
        return block
    }

    func at(_ anchor: String) -> Block {
        var block = self
        block.anchor = anchor
        return block
    }
}

/// A picture to be looked at, which leads to itself in full size.
struct Picture: Sendable {
    let link: String
    /// What stands in the page: the same, or a small copy.
    let source: String
    let words: String
    /// A paper that only the browser's own viewer shows: no page of ours holds a frame.
    let isPaper: Bool

    init(link: String, words: String, isPaper: Bool = false) {
        self.link = link
        source = link
        self.words = words
        self.isPaper = isPaper
    }

    /// A photo of the shop.
    init(_ hash: ContentHash, words: String) {
        link = "/media/\(hash)"
        source = ShownPicture.thumb(hash)
        self.words = words
        isPaper = false
    }
}

struct Fact: Sendable {
    let name: String
    let cell: Cell

    init(_ name: Phrase, _ value: Phrase, to link: String? = nil, _ tone: Tone = .plain) {
        self.init(name, Cell(value, to: link, tone))
    }

    /// - Parameter value: shown as it is.
    init(_ name: Phrase, data value: String, to link: String? = nil, _ tone: Tone = .plain) {
        self.init(name, Cell(data: value, to: link, tone))
    }

    init(_ name: Phrase, _ cell: Cell) {
        self.name = name.text
        self.cell = cell
    }
}

enum Tone: Sendable { case plain, good, bad, waiting, warning }

/// A text, perhaps a link, perhaps a badge.
struct Cell: Sendable {
    let value: String
    let link: String?
    /// The class of the badge; nil for plain text.
    let badge: String?
    /// The class of its place in a table; nil for ordinary words.
    let column: String?
    /// What programs, logs and searches call it, which stands behind the words.
    private(set) var code: String?

    init(_ phrase: Phrase, to link: String? = nil, _ tone: Tone = .plain, isNumber: Bool = false) {
        self.init(data: phrase.text, to: link, tone, isNumber: isNumber)
    }

    /// - Parameter value: shown as it is.
    init(
        data value: String, to link: String? = nil, _ tone: Tone = .plain, isNumber: Bool = false
    ) {
        self.value = value
        self.link = link
        column = isNumber ? "money" : Self.column(of: value)
        badge =
            switch tone {
            case .plain: nil
            case .good: "tag good"
            case .bad: "tag bad"
            case .waiting: "tag"
            case .warning: "tag wait"
            }
    }

    /// Times and many words get the room to stand in two lines, and what has no blanks may be
    /// broken anywhere.
    private static func column(of value: String) -> String? {
        if value.hasSuffix(" UTC") { return "when" }
        guard value.utf8.count > 24 else { return value.hasPrefix("{") ? "long" : nil }
        return value.contains(" ") && !value.hasPrefix("{") ? "sentence" : "long"
    }

    /// With what programs read of it behind the words.
    func followed(by code: String) -> Cell {
        var cell = self
        cell.code = code
        return cell
    }

    /// What happened, by the code that the trail and the outbox have for it.
    static func event(_ code: String, to link: String? = nil) -> Cell {
        var cell = Cell(data: code.eventInWords, to: link)
        cell.code = code
        return cell
    }

    static func money(_ money: Money) -> Cell { Cell(data: Format.money(money), isNumber: true) }
    static func number(_ number: Int) -> Cell { Cell(data: String(number), isNumber: true) }
    static func time(_ instant: Instant?) -> Cell { Cell(data: instant.map(Format.time) ?? "") }
    static func state(
        _ state: some RawRepresentable<String>, of what: String? = nil
    ) -> Cell { state.rawValue.stateCell(of: what) }
}

extension String {
    /// A state as people read it, in the colour of how it stands.
    var stateCell: Cell { stateCell(of: nil) }

    func stateCell(of what: String?) -> Cell { Cell(data: inWords(of: what), tone) }

    /// `awaiting_payment` → `awaiting payment`, `wartet auf Zahlung`: of a state, a kind or a role,
    /// which the catalogues have among their names.
    var inWords: String {
        localized(name: String(map { $0 == "_" || $0 == "-" ? " " : $0 }))
    }

    /// What happened: `seller.profile-edited` → `seller: profile edited`, `Profil des Verkäufers
    /// geändert`. The catalogues have it by its code; a code that they lack is taken apart.
    var eventInWords: String {
        let said = localized(name: self)
        guard said == self else { return said }
        return String(map { $0 == "_" || $0 == "-" ? " " : $0 }).replacing(".", with: ": ")
    }

    /// The same where the word has a namesake: `applied` of a plan is not that of a seller.
    func inWords(of what: String?) -> String {
        guard let what else { return inWords }
        let found = localized(name: "\(self)|\(what)")
        return found.hasSuffix("|\(what)") ? inWords : found
    }

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
    /// A label that ends in `#` stands over numbers. `To|until` is shown as `To`, and is another
    /// word in the catalogues than the `To` of a recipient.
    struct Column: ExpressibleByStringLiteral, Sendable {
        let label: String
        let isNumber: Bool

        init(stringLiteral value: String) {
            let text = Phrase(stringLiteral: String(value.prefix { $0 != "#" })).text
            label = String(text.prefix { $0 != "|" })
            isNumber = value.hasSuffix("#")
        }
    }
    struct Row: Sendable {
        let cells: [LabelledCell]
    }
    /// A cell with its column's name, which a narrow screen shows beside it.
    struct LabelledCell: Sendable {
        let label: String
        let cell: Cell
    }

    let columns: [Column]
    let rows: [Row]
    /// Whether a narrow screen shows each row as a card of its own; two columns fit as they are.
    let isStacked: Bool

    init(_ columns: [Column], _ rows: [[Cell]]) {
        self.columns = columns
        isStacked = columns.count > 2
        self.rows = rows.map { cells in
            Row(cells: zip(columns, cells).map { LabelledCell(label: $0.label, cell: $1) })
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
