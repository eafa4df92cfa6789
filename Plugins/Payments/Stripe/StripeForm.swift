import ProviderKit

/// Parameters of a call in Stripe's form: `metadata[order]=42&expand[0]=latest_charge`.
struct StripeForm: Sendable, Hashable {
    struct Field: Sendable, Hashable {
        let key: String
        let value: String
    }

    private(set) var fields: [Field] = []

    /// An absent value is left out.
    mutating func set(_ key: String, _ value: String?) {
        guard let value else { return }
        fields.append(Field(key: key, value: value))
    }

    mutating func set(_ key: String, _ value: Int64?) { set(key, value.map { String($0) }) }

    mutating func set(_ key: String, _ value: Bool?) { set(key, value.map { String($0) }) }

    /// As the body of a call: brackets of keys stay as they are, like in the vendor's libraries.
    var body: String { encoded { Self.escaped($0, keeping: Self.brackets) } }

    /// As the query of a call: brackets are escaped too.
    var query: String { encoded { Self.escaped($0, keeping: []) } }

    private func encoded(_ key: (String) -> String) -> String {
        fields.map { key($0.key) + "=" + Self.escaped($0.value, keeping: []) }
            .joined(separator: "&")
    }

    private static let brackets = Set("[]".utf8)
    private static let plain = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~".utf8)

    /// `application/x-www-form-urlencoded`: a space becomes `+`, what is not plain `%XX`.
    static func escaped(_ text: String, keeping kept: Set<UInt8> = []) -> String {
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            if plain.contains(byte) || kept.contains(byte) {
                escaped.append(byte)
            } else if byte == UInt8(ascii: " ") {
                escaped.append(UInt8(ascii: "+"))
            } else {
                escaped.append(UInt8(ascii: "%"))
                escaped += hexadecimal([byte]).uppercased().utf8
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}
