/// What is wrong with an input of a form, shown at the input.
struct FormFault: Sendable {
    /// The path that the form posts to, and the name of the input.
    let action: String
    let field: String
    let explanation: String

    /// `page` with the explanation before the input, which is marked as invalid and described by
    /// it (WCAG 2.2, 3.3.1). Unchanged when the page has no such input, or shows it as hidden.
    func mark(_ page: String) -> String {
        let bytes = Array(page.utf8)
        let opening = "action=\"\(EscapedHTML.escape(action))\""
        var start = bytes.startIndex
        while let form = Self.find(opening, in: bytes[start...]),
            let end = Self.find("</form>", in: bytes[form...])
        {
            if let marked = mark(bytes, form..<end) { return marked }
            start = end
        }
        return page
    }

    /// Nil when this form has no such input that is seen.
    private func mark(_ bytes: [UInt8], _ range: Range<Int>) -> String? {
        let (form, end) = (range.lowerBound, range.upperBound)
        var rest = bytes[range]
        let name = " name=\"\(EscapedHTML.escape(field))\""
        while let at = Self.find(name, in: rest) {
            guard let open = bytes[form..<at].lastIndex(of: UInt8(ascii: "<")),
                let close = bytes[at..<end].firstIndex(of: UInt8(ascii: ">"))
            else { return nil }
            let tag = bytes[open...close]
            if Self.find("type=\"hidden\"", in: tag) == nil {
                var marked = Array(bytes[..<open])
                marked += error.utf8
                marked += bytes[open..<at]
                if Self.find("aria-invalid", in: tag) == nil {
                    marked += " aria-invalid=\"true\"".utf8
                }
                marked += " aria-describedby=\"\(Self.id)\"".utf8
                marked += bytes[at...]
                return String(decoding: marked, as: UTF8.self)
            }
            rest = bytes[close..<end]
        }
        return nil
    }

    private static let id = "what-is-wrong"

    private var error: String {
        "<span class=\"error\" id=\"\(Self.id)\">\(EscapedHTML.escape(explanation))</span>"
    }

    private static func find(_ needle: String, in bytes: ArraySlice<UInt8>) -> Int? {
        let needle = Array(needle.utf8)
        var index = bytes.startIndex
        while let start = bytes[index...].firstIndex(of: needle[0]) {
            if bytes[start...].starts(with: needle) { return start }
            index = start + 1
        }
        return nil
    }
}

extension Again {
    /// What is to be said at the input at fault; nil when no single one is.
    var fault: FormFault? {
        field.map { field in
            // An amount is typed into an input that names its currency as well.
            let name = items.first { TypedAmount.field($0.name) == field }?.name ?? field
            return FormFault(action: request.path, field: name, explanation: explanation)
        }
    }
}
