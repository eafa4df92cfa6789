import Vocabulary

/// Finds what the cells of a file say of things, among what is asked of them. Pure.
struct AttributeMatcher: Sendable {
    let attributes: [Attribute]
    let tree: [Category]

    struct Reading: Sendable {
        /// Nil when the file has no such columns: what is said stays.
        var said: [ListingAttribute]?
        /// With which severity, of which column.
        var notes: [(severity: ImportNote.Severity, column: String, message: String)] = []

        var isWrong: Bool { notes.contains { $0.severity == .error } }
    }

    func asked(in category: ID<Category>?) -> [Attribute] {
        let path = tree.first { $0.id == category }?.path ?? []
        return attributes.filter { $0.isAsked(in: path) }
    }

    /// What is said of a product afterwards: what the file has columns for comes from the file,
    /// the rest stays as it is.
    func read(
        _ product: ImportedProduct, in category: ID<Category>?, present: [ListingAttribute]
    ) -> Reading {
        guard !product.attributes.isEmpty else { return Reading() }
        let asked = asked(in: category)
        var reading = Reading()
        var said = Dictionary(present.map { ($0.attribute, $0) }) { first, _ in first }
        // Our own columns come last, so that they have the last word.
        let cells =
            product.attributes.filter { !$0.isOurs && !$0.text.isEmpty }
            + product.attributes.filter(\.isOurs)
        for cell in cells {
            guard let attribute = asked.first(where: { $0.handle == cell.handle }) else {
                if cell.isOurs, !cell.text.isEmpty {
                    reading.notes.append(
                        (.warning, cell.column, "This is not asked in its category; left out."))
                }
                continue
            }
            do {
                let answer = attribute.answer(cell.text)
                _ = try ListingAttributeRow.rows([answer], of: ID(), asked: [attribute])
                said[attribute.handle] = answer.isBlank ? nil : answer
            } catch {
                // What somebody else's column of the same name says need not be meant for us.
                reading.notes.append(
                    (cell.isOurs ? .error : .warning, cell.column, error.explanation))
            }
        }
        reading.said = asked.compactMap { said[$0.handle] }
        return reading
    }
}

extension Attribute {
    /// What a cell says: `stoneware; raku`, `yes`, `24 cm`. What nobody knows stays as it is, and
    /// is refused then.
    fileprivate func answer(_ text: String) -> ListingAttribute {
        if kind == .number {
            let digits = unit.map { unit in
                text.hasSuffix(unit) ? InputText.trimmed(String(text.dropLast(unit.count))) : text
            }
            guard !text.isEmpty else { return ListingAttribute(handle) }
            return ListingAttribute(handle, number: Int(digits ?? text) ?? -1)
        }
        let words = text.split(separator: ";").map { InputText.trimmed(String($0)) }
        let chosen = Set(words.filter { !$0.isEmpty }.map { known($0) })
        // In the operator's order, as they are read back.
        let values = offered.map(\.handle).filter { chosen.contains($0) }
        return ListingAttribute(handle, values: values + chosen.subtracting(values).sorted())
    }

    /// The handle of the value that is written so, by its handle or in any language.
    private func known(_ word: String) -> String {
        if kind == .flag, let said = ["true": "yes", "false": "no"][word.lowercased()] {
            return said
        }
        let slug = Slug.made(of: word)
        let value = offered.first { value in
            value.handle == slug
                || [value.name, value.names.de, value.names.fr].compactMap { $0 }
                    .contains { Slug.made(of: $0) == slug }
        }
        return value?.handle ?? word
    }
}
