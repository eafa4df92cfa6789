import Kernel
import Vocabulary
import Web

/// In the language of the page that is being made; what was renamed since the listing's JSON was
/// made has its new name.
extension PublicListing.ShownAttribute {
    func localizedName(_ attributes: [Attribute]) -> String {
        attributes.first { $0.handle == handle }?.localizedName ?? name
    }

    /// `Stoneware, Porcelain` or `24 cm`.
    func localizedValue(_ attributes: [Attribute]) -> String {
        if let number { return unit.map { "\(number)\u{a0}\($0)" } ?? "\(number)" }
        let known = attributes.first { $0.handle == handle }?.values ?? []
        return values.map { value in
            known.first { $0.handle == value.handle }?.localizedName ?? value.name
        }.joined(separator: ", ")
    }
}
