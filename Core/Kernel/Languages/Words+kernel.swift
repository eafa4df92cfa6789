import Foundation
import Synchronization

extension Words {
    /// Where the kernel's own catalogues are: a folder for each language but English.
    package static let kernelFolder = Bundle.module.url(forResource: "Words", withExtension: nil)

    private static let read = Mutex<[Language: Words]>([:])

    /// What the kernel itself says, such as in letters, in `language`: read once.
    /// - Throws: a catalogue that is not beside the program, or cannot be read.
    static func kernel(_ language: Language) throws -> Words {
        if language == .english { return .english }
        if let known = read.withLock({ $0[language] }) { return known }
        guard let folder = kernelFolder else { throw UnreadableWords(file: "Words") }
        let words = try Words(language, folders: [folder])
        read.withLock { $0[language] = words }
        return words
    }
}
