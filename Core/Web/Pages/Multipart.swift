/// Reads `multipart/form-data` (RFC 7578).
enum Multipart {
    /// More parts than any form of ours has.
    private static let partsMax = 200

    /// - Throws: ``InvalidInput`` for a body that does not keep to its boundary.
    static func parse(
        _ body: [UInt8], contentType: String
    ) throws(InvalidInput) -> (items: [(name: String, value: String)], files: [FormFile]) {
        guard let boundary = parameter("boundary", of: contentType), !boundary.isEmpty,
            boundary.utf8.count <= 70
        else { throw .malformed("the form has no boundary") }
        let marker = Array("--\(boundary)".utf8)
        guard var start = find(marker, in: body, from: 0) else {
            throw .malformed("the form does not begin with its boundary")
        }
        var items: [(name: String, value: String)] = []
        var files: [FormFile] = []
        start += marker.count
        while !(start + 1 < body.count && body[start] == 45 && body[start + 1] == 45) {
            guard let next = find([13, 10] + marker, in: body, from: start),
                let headEnd = find([13, 10, 13, 10], in: body, from: start), headEnd + 4 <= next,
                items.count + files.count < partsMax
            else { throw .malformed("a part of the form does not end") }
            let head = String(decoding: body[start..<headEnd], as: UTF8.self)
            try add(head, Array(body[(headEnd + 4)..<next]), to: &items, &files)
            start = next + 2 + marker.count
        }
        return (items, files)
    }

    private static func add(
        _ head: String, _ content: [UInt8],
        to items: inout [(name: String, value: String)], _ files: inout [FormFile]
    ) throws(InvalidInput) {
        var disposition = ""
        var type = "application/octet-stream"
        for line in head.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = parts[1].drop { $0 == " " }
            switch parts[0].lowercased() {
            case "content-disposition": disposition = String(value)
            case "content-type": type = String(value)
            default: break
            }
        }
        guard let name = parameter("name", of: disposition) else {
            throw .malformed("a part of the form has no name")
        }
        if let fileName = parameter("filename", of: disposition) {
            // A file input that was left empty is sent as a nameless file.
            guard !fileName.isEmpty || !content.isEmpty else { return }
            files.append(FormFile(field: name, fileName: fileName, type: type, bytes: content))
            return
        }
        guard let value = String(validating: content, as: UTF8.self), !content.contains(0) else {
            throw InvalidInput(.characters, field: name, "“\(name)” is not valid UTF-8.")
        }
        items.append((name, value))
    }

    private static func parameter(_ name: String, of header: String) -> String? {
        for part in header.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].filter({ $0 != " " }).lowercased() == name else {
                continue
            }
            let value = pair[1].filter { $0 != "\"" }
            return String(value)
        }
        return nil
    }

    private static func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = needle.first, start <= bytes.count - needle.count else { return nil }
        var index = start
        let last = bytes.count - needle.count
        while index <= last {
            if bytes[index] == first, bytes[index..<index + needle.count].elementsEqual(needle) {
                return index
            }
            index += 1
        }
        return nil
    }
}
