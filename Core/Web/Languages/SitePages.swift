import Foundation
import Kernel
import Synchronization

/// What an app's pages are made of, in each of its languages: read once for all apps of a process
/// that are served from one bundle.
struct SitePages: Sendable {
    /// English first.
    let languages: [Language]
    private let english: (words: Words, templates: Templates)
    private let all: [Language: (words: Words, templates: Templates)]

    private static let read = Mutex<[URL: SitePages]>([:])

    /// - Parameter bundle: the app's, with `Templates` and, where it has other languages than
    ///   English, a folder for each in `Words`.
    /// - Throws: templates or catalogues that cannot be read.
    static func of(_ bundle: Bundle) throws -> SitePages {
        if let known = read.withLock({ $0[bundle.bundleURL] }) { return known }
        let pages = try SitePages(bundle)
        read.withLock { $0[bundle.bundleURL] = pages }
        return pages
    }

    private init(_ bundle: Bundle) throws {
        let folders = [Bundle.module, bundle].compactMap {
            $0.url(forResource: "Templates", withExtension: nil)
        }
        let own = bundle.url(forResource: "Words", withExtension: nil)
        let shared = Bundle.module.url(forResource: "Words", withExtension: nil)
        let catalogues = [Words.kernelFolder, shared, own].compactMap(\.self)
        english = (.english, try Templates(folders: folders))
        var all = [Language.english: english]
        for language in Language.allCases where language != .english && own != nil {
            let words = try Words(language, folders: catalogues)
            all[language] = (words, try Templates(folders: folders, words: words))
        }
        self.all = all
        languages = Language.allCases.filter { all[$0] != nil }
    }

    var templates: Templates { pages(Words.current.language).templates }

    func words(_ language: Language) -> Words { pages(language).words }

    private func pages(_ language: Language) -> (words: Words, templates: Templates) {
        all[language] ?? english
    }
}
