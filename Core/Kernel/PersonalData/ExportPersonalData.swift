import Vocabulary

extension Marketplace {
    /// All that the tables know of a person (GDPR, articles 15 and 20). Amounts are in minor
    /// units. Whoever holds it holds all of it: it grows with what one person did here.
    /// - Throws: ``AccountRefusal/unknown``.
    public func personalData(of account: ID<Account>) async throws -> PersonalData {
        let store = database.personalData
        guard try await database.accounts.find(account) != nil,
            let person = try await store.person(account)
        else { throw AccountRefusal.unknown }
        var data = PersonalData(parts: [("account", Array(person.utf8))])
        for section in PersonalDataSection.allCases {
            var json: [UInt8] = [UInt8(ascii: "[")]
            var key: String?
            repeat {
                let page = try await store.rows(of: section, account, after: key)
                for row in page.rows {
                    if json.count > 1 { json.append(UInt8(ascii: ",")) }
                    json += "\n  ".utf8
                    json += row.utf8
                }
                key = page.last
            } while key != nil
            data.add(section.rawValue, json + [UInt8(ascii: "]")])
        }
        return data
    }
}
