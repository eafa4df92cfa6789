import Kernel
import Vocabulary
import Web

/// What stands in the inputs of an address.
struct AddressForm {
    struct Line {
        let value: String
        let label: String
        /// What browsers fill it with.
        let part: String
        let isRequired: Bool
    }
    struct Country {
        let code: String
        let name: String
        let isChosen: Bool
    }

    let name: String
    let lines: [Line]
    let city: String
    let region: String
    let postalCode: String
    let phone: String
    let countries: [Country]

    /// An empty one.
    init(named name: String = "", in country: String? = nil) {
        self.init(Address(name: name, lines: [], city: "", country: country ?? Countries.first))
    }

    /// What was typed into a form that was refused.
    init(_ again: Again) {
        self.init(Address(typed: again))
    }

    init(_ address: Address) {
        name = address.name
        let count = max(2, address.lines.count)
        lines = (0..<count).map { index in
            Line(
                value: index < address.lines.count ? address.lines[index] : "",
                label: index == 0
                    ? localized("Street and number") : localized("Flat, floor or company, if any"),
                part: "address-line\(index + 1)", isRequired: index == 0)
        }
        city = address.city
        region = address.region ?? ""
        postalCode = address.postalCode ?? ""
        phone = address.phone ?? ""
        countries = Countries.offered(chosen: address.country).map {
            Country(code: $0.code, name: $0.name, isChosen: $0.code == address.country)
        }
    }
}

extension Address {
    /// As it was typed into a form that was refused.
    init(typed again: Again) {
        let values = again.values
        self.init(
            name: values["address.name"] ?? "", lines: again.texts("address.lines"),
            city: values["address.city"] ?? "", region: values["address.region"],
            postalCode: values["address.postalCode"],
            country: values["address.country"] ?? Countries.first, phone: values["address.phone"])
    }
}
