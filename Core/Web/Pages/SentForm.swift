import ProviderKit
import Vocabulary

/// A file from a form.
public struct FormFile: Sendable {
    /// The input's name.
    public let field: String
    /// As the browser said it; never to be used as a path.
    public let fileName: String
    /// As the browser said it; never to be trusted.
    public let type: String
    public let bytes: [UInt8]
}

/// An input in which files were chosen.
struct FileInput: Codable, Sendable {
    let name: String
    /// More than one.
    let isSeveral: Bool
}

/// A form as it was sent, before it is checked.
struct SentForm: Sendable {
    /// The longest form without files.
    static let bytesMax = 256 * 1024
    /// More than the longest form has: a listing with all the variants that it may have.
    static let itemsMax = 1000

    private(set) var items: [(name: String, value: String)]
    private(set) var files: [FormFile] = []
    /// Where files were chosen, also of a form that waited without them.
    private(set) var fileInputs: [FileInput] = []
    let token: String?
    let key: String?

    init(_ request: WebRequest, filesLimit: Int) async throws {
        if let kept = request.kept {
            // What was not kept of one that waited is to be typed anew.
            items = kept.items.map { ($0.name, $0.value) } + kept.secrets.map { ($0, "") }
            fileInputs = kept.files
            token = nil
            key = nil
            return
        }
        switch request.bodyType {
        case "application/x-www-form-urlencoded":
            items = try PercentEncoding.items(
                try await request.body(upTo: Self.bytesMax), itemsMax: Self.itemsMax)
        case "multipart/form-data" where filesLimit > 0:
            let parts = try Multipart.parse(
                try await request.body(upTo: filesLimit + Self.bytesMax),
                contentType: request.headers[.contentType] ?? "")
            items = parts.items
            files = parts.files
            let counts = Dictionary(grouping: files, by: \.field).mapValues(\.count)
            fileInputs = counts.sorted { $0.key < $1.key }
                .map { FileInput(name: $0.key, isSeveral: $0.value > 1) }
        case nil where request.headers[.contentLength] ?? "0" == "0": items = []
        default: throw WebRefusal.unsupportedType("application/x-www-form-urlencoded")
        }
        token = items.first { $0.name == HTMLForms.tokenName }?.value
        key = items.first { $0.name == HTMLForms.keyName }?.value
        items.removeAll { $0.name == HTMLForms.tokenName || $0.name == HTMLForms.keyName }
        if let key, !(1...80).contains(key.utf8.count) { throw WebRefusal.keyMalformed }
    }

    /// What makes two submissions of one key the same.
    var fingerprint: [UInt8] {
        let texts = items.flatMap { [$0.name, $0.value] }.joined(separator: "\n")
        return Array(texts.utf8) + files.flatMap { sha256($0.bytes) }
    }

    /// The form as a JSON value of the schema's types.
    /// - Throws: ``InvalidInput`` that names the input at fault.
    func value(_ schema: Schema) throws(InvalidInput) -> JSONValue {
        var read = self
        read.items = try TypedAmount.inMinorUnits(items)
        let value = read.value(schema, at: "") ?? .object([:])
        try schema.check(value)
        return value
    }

    func again(_ request: WebRequest, _ refusal: any Refusal, _ form: Schema) -> Again {
        again(request, form, refusal.localizedExplanation, field: refusal.field)
    }

    /// - Parameter field: the input at fault; nil when none is.
    func again(
        _ request: WebRequest, _ form: Schema, _ explanation: String, field: String? = nil
    ) -> Again {
        Again(
            request: request, explanation: explanation, field: field,
            values: Dictionary(
                items.map { (TypedAmount.field($0.name), $0.value) },
                uniquingKeysWith: { first, _ in first }),
            items: items, fileInputs: fileInputs, form: form)
    }

    private func value(_ schema: Schema, at path: String) -> JSONValue? {
        switch schema {
        case .object(let object):
            guard path.isEmpty || items.contains(where: { $0.name.hasPrefix(path + ".") }) else {
                return nil
            }
            var members: [String: JSONValue] = [:]
            for field in object.fields {
                let place = Schema.join(path, field.name)
                if let value = value(field.schema, at: place) { members[field.name] = value }
            }
            return .object(members)
        case .array(let item, _): return list(item, at: path)
        case .nullable(let inner):
            // An input that was left blank is a value that was not given.
            switch inner {
            case .object: break
            // Its rows have names of their own: `lines.0.quantity`.
            case .array(.object, _):
                guard items.contains(where: { $0.name.hasPrefix(path + ".") }) else { return nil }
            default: if texts(at: path).allSatisfy({ $0.isEmpty }) { return nil }
            }
            return value(inner, at: path)
        case .boolean: return schema.value(of: texts(at: path)) ?? false
        case .text: return texts(at: path).first.map { .string(Self.withPlainLineEnds($0)) }
        default: return schema.value(of: texts(at: path))
        }
    }

    private func list(_ item: Schema, at path: String) -> JSONValue {
        if case .object = item {
            var values: [JSONValue] = []
            while values.count <= 200, let next = value(item, at: "\(path).\(values.count)") {
                values.append(next)
            }
            return .array(values)
        }
        return .array(texts(at: path).compactMap { item.value(of: [$0]) })
    }

    private func texts(at path: String) -> [String] {
        items.filter { $0.name == path }.map(\.value)
    }

    private static func withPlainLineEnds(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\r" }))
    }
}
