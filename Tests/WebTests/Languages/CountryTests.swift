import Foundation
import Testing

@testable import Kernel
@testable import Web

@Suite struct `The name of a country` {
    /// As the Unicode consortium has them (https://cldr.unicode.org); Foundation brings them along.
    @Test(arguments: Countries.all.map(\.code))
    func `is the one that its code has, in every language`(_ code: String) throws {
        let english = try #require(Countries.all.first { $0.code == code }?.name)

        for language in Language.allCases {
            let known = Locale(identifier: language.code).localizedString(forRegionCode: code)
            let own =
                language == .english
                ? english : try Catalogue.shared.words(language).name(english)
            #expect(own == known, "\(language)")
        }
    }

    @Test func `stands in no form twice`() {
        #expect(Set(Countries.all.map(\.code)).count == Countries.all.count)
        #expect(Set(Countries.all.map(\.name)).count == Countries.all.count)
    }
}
