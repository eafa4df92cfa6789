import Foundation
import FoundationXML

/// An element of an XML document as banks send it: UTF-8, without a document type, names without
/// their prefixes. What is not well-formed is refused.
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
        // In another encoding nobody could see what it begins with.
        guard isUTF8(bytes) else { throw .notXML(line: 1) }
        // A document type could name files of ours, or grow without end.
        if let type = bytes.firstRange(of: Array("<!DOCTYPE".utf8)) {
            let lines = bytes[..<type.lowerBound].count { $0 == UInt8(ascii: "\n") }
            throw .notXML(line: 1 + lines)
        }
        let parser = XMLParser(data: Data(bytes))
        let tree = ElementTree()
        parser.delegate = tree
        parser.shouldResolveExternalEntities = false
        guard parser.parse(), parser.parserError == nil, tree.refusedAt == nil, let root = tree.root
        else { throw .notXML(line: max(1, tree.refusedAt ?? parser.lineNumber)) }
        return root
    }

    private static func isUTF8(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        let head = text.prefix(200).prefix { $0 != ">" }.lowercased()
        guard head.contains("<?xml"), let encoding = head.firstRange(of: "encoding") else {
            return true
        }
        let said = head[encoding.upperBound...].drop { " \t\r\n=\"'".contains($0) }
        return said.hasPrefix("utf-8")
    }

    fileprivate init(_ name: String, _ attributes: [String: String]) {
        self.name = name
        self.attributes = attributes
    }

    fileprivate mutating func add(_ child: XMLElement) { children.append(child) }
    fileprivate mutating func end(_ text: String) { self.text = InputText.trimmed(text) }
}

/// Puts the tree together while the parser goes through the document.
private final class ElementTree: XMLParserDelegate {
    private(set) var root: XMLElement?
    /// The line at which it became too deep or too large.
    private(set) var refusedAt: Int?
    private var open: [(element: XMLElement, text: String)] = []
    private var count = 0

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
        qualifiedName qName: String?, attributes attributeDict: [String: String]
    ) {
        count += 1
        guard refusedAt == nil, open.count < XMLElement.depthMax, count <= XMLElement.elementsMax
        else {
            refusedAt = refusedAt ?? parser.lineNumber
            parser.abortParsing()
            return
        }
        let attributes = Dictionary(attributeDict.map { (Self.local($0.key), $0.value) }) {
            first, _ in first
        }
        open.append((XMLElement(Self.local(elementName), attributes), ""))
    }

    func parser(
        _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?,
        qualifiedName qName: String?
    ) {
        guard refusedAt == nil, let ended = open.popLast() else { return }
        var element = ended.element
        element.end(ended.text)
        if open.isEmpty {
            root = element
        } else {
            open[open.count - 1].element.add(element)
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { add(string) }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        add(String(decoding: block, as: UTF8.self))
    }

    private func add(_ text: String) {
        guard refusedAt == nil, !open.isEmpty else { return }
        open[open.count - 1].text += text
    }

    private static func local(_ name: String) -> String {
        String(name.split(separator: ":", omittingEmptySubsequences: false).last ?? "")
    }
}
