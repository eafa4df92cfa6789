import Vocabulary

/// What a person gives to have an account.
public struct Registration: Sendable {
    public var email: String
    public var name: String
    public var password: String
    /// In which the person is written; nil when nobody knows.
    public var language: Language?

    public init(email: String, name: String, password: String, language: Language? = nil) {
        self.email = email
        self.name = name
        self.password = password
        self.language = language
    }
}

extension Marketplace {
    /// Makes an account. The password is hashed on threads of its own.
    /// - Throws: ``AccountRefusal`` for an address that is not one or is taken, and for a weak
    ///   password; ``InputRefusal`` for the name; ``WorkRefusal/busy(seconds:)``.
    public func register(_ registration: Registration) async throws -> Account {
        let email = try Account.normalizedEmail(registration.email)
        let name = try InputText.line(registration.name, field: "name", lengths: 1...120)
        let password = try Password(choosing: registration.password, for: email)
        let hash = try await passwords.run { try password.hashed() }
        let account = Account(id: ID(), email: email, name: name, createdAt: .systemNow)
        try await refusing("account_email_key", as: AccountRefusal.emailTaken) {
            try await database.accounts.insert(
                account, passwordHash: hash, language: registration.language)
        }
        return account
    }

    /// The open account of this e-mail address, or nil; for commands and the back office,
    /// never for what anybody may ask, since it tells who has an account.
    public func account(email: String) async throws -> Account? {
        try await database.accounts.find(email: try Account.normalizedEmail(email))
    }

    /// The open account of this id, or nil.
    public func account(_ id: ID<Account>) async throws -> Account? {
        try await database.accounts.find(id)
    }
}
