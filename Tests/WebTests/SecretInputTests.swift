import Testing

@testable import Web

@Suite struct `What must lie nowhere` {
    /// The inputs of a template that browsers hide, or fill with codes and cards.
    private static func hidden(in template: String) -> [String] {
        template.matches(of: /<input [^>]*>/).compactMap { match in
            let tag = String(match.0)
            let isSecret = ["type=\"password\"", "one-time-code", "autocomplete=\"cc-"]
                .contains { tag.contains($0) }
            return isSecret ? tag.firstMatch(of: /\ name="([^"]*)"/).map { String($0.1) } : nil
        }
    }

    @Test func `is told by the name of its input, in every form there is`() {
        let templates = ["Apps", "Core/Web"].flatMap { Catalogue.files($0, ".mustache") }

        let names = Set(templates.flatMap { Self.hidden(in: $0.text) })

        #expect(names.isSuperset(of: ["password", "currentPassword", "code"]))
        #expect(names.filter { !$0.contains("{{") && !KeptForm.isSecret($0) } == [])
    }

    @Test(arguments: [
        "settings.secretKey", "settings.whatever", "details.iban", "cardNumber", "current",
        "address.pin", "newPassword",
    ])
    func `is a password, a code, a key or a number of money`(_ name: String) {
        #expect(KeptForm.isSecret(name))
    }

    @Test(arguments: ["address.postalCode", "shipping", "title", "reason", "vatNumber", "currency"])
    func `is not what people write for others to read`(_ name: String) {
        #expect(!KeptForm.isSecret(name))
    }
}
