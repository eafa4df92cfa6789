import Kernel
import Web

/// The countries that the address form offers; the API takes every code.
enum Countries {
    /// Where somebody is taken to live of whom nothing is known.
    static let first = "DE"

    static let all: [(code: String, name: String)] = [
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

    /// In the language of the page.
    static func name(_ code: String) -> String {
        all.first { $0.code == code }.map { localized(name: $0.name) } ?? code
    }
}
