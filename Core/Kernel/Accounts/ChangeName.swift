import Vocabulary

extension Marketplace {
    /// Calls an account otherwise from now on; what was signed with the old name keeps it.
    /// - Throws: ``InputRefusal`` for `name`, ``AccountRefusal/unknown``.
    public func changeName(of id: ID<Account>, to name: String) async throws -> Account {
        let name = try InputText.line(name, field: "name", lengths: 1...120)
        guard let account = try await database.accounts.saveName(name, of: id) else {
            throw AccountRefusal.unknown
        }
        return account
    }
}
