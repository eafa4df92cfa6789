/// An element of an XML document as banks send it: UTF-8, without a document type, names without
/// their prefixes. Pure, and strict: what is not well-formed is refused.
struct XMLElement: Sendable {
    let name: String
    let attributes: [String: String]
    private(set) var children: [XMLElement] = []
    /// Its own text without blanks at both ends.
    private(set) var text = ""

    /// The first child of this name.
    subscript(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    /// The first descendant by this way.
    func at(_ path: String...) -> XMLElement? {
        path.reduce(Optional(self)) { found, name in found?[name] }
    }

    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    static let depthMax = 50
    static let elementsMax = 500_000

    /// - Throws: ``BankReportRefusal/notXML(line:)``
    static func read(_ bytes: [UInt8]) throws(BankReportRefusal) -> XMLElement {
        var reader = XMLReader(bytes: bytes)
        return try reader.document()
    }

    fileprivate init(_ name: String, _ attributes: [String: String]) {
        self.name = name
        self.attributes = attributes
    }

    fileprivate mutating func add(_ child: XMLElement) { children.append(child) }
    fileprivate mutating func end(_ text: String) { self.text = InputText.trimmed(text) }
}

/// Goes through a document once, without recursion.
private struct XMLReader {
    let bytes: [UInt8]
    private var place = 0
    private var open: [(element: XMLElement, tag: String, text: [UInt8])] = []

    init(bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    }

    mutating func document() throws(BankReportRefusal) -> XMLElement {
        var root: XMLElement?
        var count = 0
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "<") else {
                try text(isInside: !open.isEmpty)
                continue
            }
            if has("<?") {
                try skip(to: "?>")
            } else if has("<!--") {
                try skip(to: "-->")
            } else if has("<![CDATA["), !open.isEmpty {
                place += 9
                let start = place
                try skip(to: "]]>")
                open[open.count - 1].text += bytes[start..<(place - 3)]
            } else if has("<!") {
                // A document type could name files of ours, or grow without end.
                throw fault
            } else if has("</") {
                if let ended = try close() { root = ended }
            } else {
                count += 1
                guard count <= XMLElement.elementsMax, root == nil else { throw fault }
                if let whole = try begin() { root = whole }
            }
        }
        guard let root, open.isEmpty else { throw fault }
        return root
    }

    private var fault: BankReportRefusal {
        .notXML(line: 1 + bytes[..<min(place, bytes.count)].count { $0 == UInt8(ascii: "\n") })
    }

    private func has(_ mark: String) -> Bool {
        bytes[place...].starts(with: mark.utf8)
    }

    private mutating func skip(to mark: String) throws(BankReportRefusal) {
        let wanted = Array(mark.utf8)
        while place + wanted.count <= bytes.count {
            if bytes[place] == wanted[0], has(mark) {
                place += wanted.count
                return
            }
            place += 1
        }
        throw fault
    }

    private mutating func text(isInside: Bool) throws(BankReportRefusal) {
        let start = place
        while place < bytes.count, bytes[place] != UInt8(ascii: "<") { place += 1 }
        let raw = bytes[start..<place]
        guard isInside else {
            guard raw.allSatisfy({ $0 <= 0x20 }) else { throw fault }
            return
        }
        open[open.count - 1].text += try resolved(raw)
    }

    /// The element ends; the root when it was that.
    private mutating func close() throws(BankReportRefusal) -> XMLElement? {
        place += 2
        let tag = try name()
        blanks()
        guard let last = open.popLast(), last.tag == tag, take(">"),
            let text = String(validating: last.text, as: UTF8.self)
        else { throw fault }
        var element = last.element
        element.end(text)
        if open.isEmpty { return element }
        open[open.count - 1].element.add(element)
        return nil
    }

    /// An element begins; the root when it is empty.
    private mutating func begin() throws(BankReportRefusal) -> XMLElement? {
        place += 1
        let tag = try name()
        var attributes: [String: String] = [:]
        while true {
            blanks()
            if take("/>") {
                let element = XMLElement(Self.local(tag), attributes)
                if open.isEmpty { return element }
                open[open.count - 1].element.add(element)
                return nil
            }
            if take(">") { break }
            let key = try name()
            blanks()
            guard take("=") else { throw fault }
            blanks()
            attributes[Self.local(key)] = try quoted()
        }
        guard open.count < XMLElement.depthMax else { throw fault }
        open.append((XMLElement(Self.local(tag), attributes), tag, []))
        return nil
    }

    private mutating func quoted() throws(BankReportRefusal) -> String {
        guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") || bytes[place] == 0x27 else {
            throw fault
        }
        let quote = bytes[place]
        place += 1
        let start = place
        while place < bytes.count, bytes[place] != quote { place += 1 }
        guard place < bytes.count,
            let text = String(validating: try resolved(bytes[start..<place]), as: UTF8.self)
        else { throw fault }
        place += 1
        return text
    }

    private mutating func name() throws(BankReportRefusal) -> String {
        let start = place
        while place < bytes.count, !Self.endsNames.contains(bytes[place]) { place += 1 }
        guard start < place, let name = String(validating: bytes[start..<place], as: UTF8.self)
        else { throw fault }
        return name
    }

    private static let endsNames = Set(" \t\r\n<>/=\"'&".utf8)

    private static func local(_ name: String) -> String {
        String(name.split(separator: ":", omittingEmptySubsequences: false).last ?? "")
    }

    private mutating func blanks() {
        while place < bytes.count, bytes[place] <= 0x20 { place += 1 }
    }

    private mutating func take(_ mark: String) -> Bool {
        guard has(mark) else { return false }
        place += mark.utf8.count
        return true
    }

    /// With the five entities of XML, and characters by number; there are no others.
    private func resolved(_ raw: ArraySlice<UInt8>) throws(BankReportRefusal) -> [UInt8] {
        guard raw.contains(UInt8(ascii: "&")) else { return Array(raw) }
        var text: [UInt8] = []
        var rest = raw
        while let byte = rest.first {
            rest = rest.dropFirst()
            guard byte == UInt8(ascii: "&") else {
                text.append(byte)
                continue
            }
            guard let end = rest.prefix(12).firstIndex(of: UInt8(ascii: ";")),
                let character = Self.character(
                    String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
            else { throw fault }
            text += Array(String(character).utf8)
            rest = rest[(end + 1)...]
        }
        return text
    }

    private static func character(_ entity: String) -> Character? {
        switch entity {
        case "amp": "&"
        case "lt": "<"
        case "gt": ">"
        case "quot": "\""
        case "apos": "'"
        default:
            numbered(entity)
        }
    }

    private static func numbered(_ entity: String) -> Character? {
        guard entity.hasPrefix("#") else { return nil }
        let digits = entity.dropFirst()
        let number =
            digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number.flatMap { Unicode.Scalar($0) }.map { Character($0) }
    }
}
