import Vocabulary

extension Marketplace {
    /// In which language a person is written; nil while they have not shown any, and letters are
    /// English.
    public func language(of account: ID<Account>) async throws -> Language? {
        try await database.accounts.language(of: account)
    }

    /// Writes a person in `language` from now on, as they chose.
    public func chooseLanguage(_ language: Language, of account: ID<Account>) async throws {
        try await database.accounts.saveLanguage(language, of: account)
    }

    /// Keeps what a person's browser asks for, as long as nothing better is known.
    public func noteLanguage(_ language: Language, of account: ID<Account>) async throws {
        try await database.accounts.noteLanguage(language, of: account)
    }
}
