import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Numbers in the reader's language` {
    private func written(_ language: Language, _ make: () -> String) throws -> String {
        try Words.$current.withValue(.kernel(language)) { make() }
    }

    @Test(arguments: [
        (Language.english, "10.5\u{a0}%", "4.5", "3.0\u{a0}%"),
        (.german, "10,5\u{a0}%", "4,5", "3,0\u{a0}%"),
        (.french, "10,5\u{a0}%", "4,5", "3,0\u{a0}%"),
    ])
    func `percentages and ratings have its decimal sign`(
        _ language: Language, _ rate: String, _ rating: String, _ share: String
    ) throws {
        #expect(try written(language) { Format.percent(PartsPerMillion(105_000)) } == rate)
        #expect(try written(language) { Format.rating(sum: 9, count: 2) ?? "" } == rating)
        #expect(try written(language) { Format.percent(tenths: 30) } == share)
    }
}
