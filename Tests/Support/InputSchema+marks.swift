import Web

extension InputSchema {
    /// Which inputs of a form are marked.
    public enum Marked: Sendable {
        /// Those that take any text, where there is room: the rest fits.
        case texts
        /// All, numbers and choices too, so that the whole is refused.
        case everything
    }

    /// A value with marks in it.
    /// - Parameter mark: for a field by its path; it stands behind what would fit.
    public func marked(_ marked: Marked, _ mark: @escaping (String) -> String) -> JSONValue {
        sample(.everything) { path in
            guard let field = field(at: path) else { return nil }
            let (kind, isFree) = (type(of: field), field["pattern"] == nil && !isCode(field))
            switch marked {
            case .everything:
                return ["string", "integer", "number", "boolean"].contains(kind)
                    ? .string(mark(path)) : nil
            case .texts:
                let text = mark(path)
                let most = Int(field["maxLength"]?.integer ?? 2000)
                return kind == "string" && isFree && text.count <= most ? .string(text) : nil
            }
        }
    }

    private func isCode(_ field: JSONValue) -> Bool {
        field["enum"] != nil || field["format"] != nil
    }

    /// The resolved schema of what a path leads to.
    private func field(at path: String) -> JSONValue? {
        var field = resolved(schema)
        for part in path.split(separator: ".") {
            let inner = Int(part) == nil ? field["properties"]?[String(part)] : field["items"]
            guard let inner else { return nil }
            field = resolved(inner)
        }
        return field
    }
}
