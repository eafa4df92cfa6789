import Kernel
import Vocabulary
import Web

/// The input for one attribute in the editor of a listing.
struct AttributeField {
    /// Its place among the inputs' names.
    let index: Int
    /// The attribute's handle.
    let key: String
    let caption: String
    let isChoice: Bool
    let isFlag: Bool
    let isNumber: Bool
    let content: String
    let least: Int
    let most: Int
    let bounds: String
    let choices: [Choice]

    private init(_ index: Int, _ attribute: Attribute, chosen: Set<String>, number: String) {
        self.index = index
        key = attribute.handle
        isChoice = attribute.kind == .choice
        isFlag = attribute.kind == .flag
        isNumber = attribute.kind == .number
        content = number
        (least, most) = (attribute.least ?? 0, attribute.most ?? Attribute.numberMax)
        let unit = attribute.unit ?? ""
        caption =
            unit.isEmpty ? attribute.localizedName : "\(attribute.localizedName) (\(unit))"
        bounds = localized("A whole number from \(least) to \(most).")
        choices = attribute.offered.map {
            Choice(
                $0.handle, $0.localizedName, chosen: chosen.contains($0.handle) ? $0.handle : nil)
        }
    }

    /// One for each attribute that is asked, with what is said.
    static func list(_ asked: [Attribute], _ said: [ListingAttribute]) -> [AttributeField] {
        asked.enumerated().map { index, attribute in
            let answer = said.first { $0.attribute == attribute.handle }
            return AttributeField(
                index, attribute, chosen: Set(answer?.values ?? []),
                number: answer?.number.map { String($0) } ?? "")
        }
    }

    /// The same with what was typed.
    static func list(_ asked: [Attribute], _ again: Again) -> [AttributeField] {
        asked.enumerated().map { index, attribute in
            let sent = (0..<Attribute.countMax).first {
                again.values["attributes.\($0).attribute"] == attribute.handle
            }
            return AttributeField(
                index, attribute,
                chosen: Set(sent.map { again.texts("attributes.\($0).values") } ?? []),
                number: sent.flatMap { again.values["attributes.\($0).number"] } ?? "")
        }
    }
}

/// What was typed about a listing, as far as it is asked in the category that was chosen with it.
struct FittingAttributes {
    /// At the places of the inputs.
    let said: [ListingAttribute]
    /// What these left out are called.
    let left: [String]

    init(_ form: ListingForm, _ marketplace: Marketplace) async throws {
        let all = try await marketplace.attributes()
        let asked: [String]
        do {
            asked = try await marketplace.attributes(askedIn: form.category).map(\.handle)
        } catch CategoryRefusal.unknown {
            // It is refused for that when it is saved.
            asked = all.map(\.handle)
        }
        var left: [String] = []
        said = form.attributes.map(\.said).map { said in
            guard !said.isBlank, !asked.contains(said.attribute) else { return said }
            left.append(
                all.first { $0.handle == said.attribute }?.localizedName ?? said.attribute)
            return ListingAttribute(said.attribute)
        }
        self.left = left
    }

    /// What is said when it is saved.
    var notice: String {
        guard !left.isEmpty else { return localized("It is saved.") }
        let names = left.joined(separator: ", ")
        return localized("It is saved. Not asked in this category, and left out: \(names).")
    }
}
