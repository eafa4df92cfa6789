import Foundation
import Kernel

/// Countries as people read them. Forms offer the ones that are listed here; programs may send
/// every code.
public enum Countries {
    /// Where somebody is taken to live of whom nothing is known.
    public static let first = "DE"

    /// ISO 3166-1 alpha-2 codes with their English names.
    public static let all: [(code: String, name: String)] = [
        ("AT", "Austria"), ("AU", "Australia"), ("BE", "Belgium"), ("BG", "Bulgaria"),
        ("CA", "Canada"), ("CH", "Switzerland"), ("CY", "Cyprus"), ("CZ", "Czechia"),
        ("DE", "Germany"), ("DK", "Denmark"), ("EE", "Estonia"), ("ES", "Spain"),
        ("FI", "Finland"), ("FR", "France"), ("GB", "United Kingdom"), ("GR", "Greece"),
        ("HR", "Croatia"), ("HU", "Hungary"), ("IE", "Ireland"), ("IS", "Iceland"),
        ("IT", "Italy"), ("JP", "Japan"), ("LT", "Lithuania"), ("LU", "Luxembourg"),
        ("LV", "Latvia"), ("MT", "Malta"), ("NL", "Netherlands"), ("NO", "Norway"),
        ("NZ", "New Zealand"), ("PL", "Poland"), ("PT", "Portugal"), ("RO", "Romania"),
        ("SE", "Sweden"), ("SI", "Slovenia"), ("SK", "Slovakia"), ("US", "United States"),
    ]

    /// In the language of the page; the code of a country that nobody knows.
    public static func name(_ code: String) -> String {
        all.first { $0.code == code }.map { localized(name: $0.name) }
            ?? spoken(code, Words.current.language.code)
    }

    /// As the last line of an address on a parcel that leaves the country: in capitals, as the
    /// Universal Postal Union asks, and in English, which is read in transit.
    public static func onParcel(_ code: String) -> String {
        (all.first { $0.code == code }?.name ?? spoken(code, "en")).uppercased()
    }

    /// What a form offers, by name in the language of the page. `chosen` is among them though it
    /// is not listed: a program may have sent it.
    public static func offered(chosen: String?) -> [(code: String, name: String)] {
        let extra = chosen.flatMap { code in
            code.isEmpty || all.contains { $0.code == code } ? nil : code
        }
        return (all.map(\.code) + [extra].compactMap { $0 }).map { (code: $0, name: name($0)) }
            .sorted { sorted($0.name) < sorted($1.name) }
    }

    /// Österreich stands with the others that begin so.
    private static func sorted(_ name: String) -> String {
        name.folding(options: [.diacriticInsensitive, .caseInsensitive], locale: nil)
    }

    private static func spoken(_ code: String, _ language: String) -> String {
        Locale(identifier: language).localizedString(forRegionCode: code) ?? code
    }
}
