import Foundation
import Testing
import Vocabulary

@testable import Kernel
@testable import Web

@Suite struct `The language of a page` {
    @Test(arguments: [
        ("de-AT,de;q=0.9,en;q=0.8", Language.german), ("fr;q=0.5, de;q=0.7", .german),
        ("en-GB,de;q=0.9", .english), ("es, fr;q=0.2", .french), ("FR-ch", .french),
        ("de;q=0, en;q=0.1", .english),
    ])
    func `is the one that a browser wants most`(_ header: String, _ language: Language) {
        #expect(Language.wanted(header, of: Language.allCases) == language)
    }

    @Test(arguments: ["", "es", "x-de", ";;;,,", "de;q=0", "*", "deutsch"])
    func `is nobody's wish when none of ours is`(_ header: String) {
        #expect(Language.wanted(header, of: Language.allCases) == nil)
    }

    @Test func `writes money and days its own way`() throws {
        func shown(_ language: Language, _ money: Money) -> String {
            Words.$current.withValue(Words(language, [:], sentences: [])) { Format.money(money) }
        }
        let much = Money(123_456_789, .eur)

        #expect(shown(.english, much) == "€\u{a0}1,234,567.89")
        #expect(shown(.german, much) == "1.234.567,89\u{a0}€")
        #expect(shown(.french, much) == "1\u{202f}234\u{202f}567,89\u{a0}€")
        #expect(shown(.german, Money(-50, .usd)) == "−0,50\u{a0}$")
        #expect(shown(.french, Money(1500, .jpy)) == "1\u{202f}500\u{a0}¥")
        #expect(shown(.german, Money(1, .kwd)) == "0,001\u{a0}KWD")
        func day(_ language: Language, _ day: Int) -> String {
            Words.$current.withValue(Words(language, [:], sentences: [])) {
                Format.date(year: 2026, month: 3, day: day)
            }
        }
        #expect(day(.german, 1) == "1. März 2026")
        #expect(day(.french, 1) == "1er mars 2026")
        #expect(day(.french, 2) == "2 mars 2026")
    }

    @Test func `has its own plural`() {
        func count(_ language: Language, _ number: Int) -> String {
            let words = Words(
                language, ["{n} things": .forms(one: "{n} one", other: "{n} other")], sentences: [])
            return Words.$current.withValue(words) { Format.count(number, "thing", "things") }
        }
        #expect([0, 1, 2].map { count(.german, $0) } == ["0 other", "1 one", "2 other"])
        #expect([0, 1, 2].map { count(.french, $0) } == ["0 one", "1 one", "2 other"])
        let english = [0, 1, 2].map { Words.english.count($0, "thing", "things") }
        #expect(english == ["0 things", "1 thing", "2 things"])
    }

    @Test func `finds a finished sentence again, and says when it cannot`() {
        let words = Words(
            .german,
            [
                "Only {1} of “{2}” left.": .text("Von „{2}“ nur {1}."),
                "{field} is missing.": .text("{field} fehlt."), "Name": .text("Der Name"),
                "This is over.": .text("Vorbei."),
            ], sentences: ["Only {1} of “{2}” left.", "{field} is missing."])

        #expect(words.sentence("This is over.") == "Vorbei.")
        #expect(words.sentence("Only 3 of “Cup” left.") == "Von „Cup“ nur 3.")
        #expect(words.sentence("Name is missing.") == "Der Name fehlt.")
        #expect(words.sentence("Something else.") == nil)
    }

    @Test func `takes the place of a template's texts, and of nothing else`() {
        let template = """
            <p class="Name">Name: <a href="/{{name}}">{{name}}</a>{{#more}} and more{{/more}}</p>
            <input name="Name" placeholder="Name"><style>Name</style>
            """
        let words = [
            "Name": "N\"N", "Name: <a>{name}</a>": "<a>{name}</a>, das", "and more": "mehr",
        ]

        let german = TemplateText.translated(template) { words[$0] }

        #expect(
            german == """
                <p class="Name"><a href="/{{name}}">{{name}}</a>, das{{#more}} mehr{{/more}}</p>
                <input name="Name" placeholder="N&quot;N"><style>Name</style>
                """)
        #expect(TemplateText.translated(template) { _ in nil } == template)
    }
}
