/// Comma-separated values (RFC 4180) with what spreadsheets add: a byte order mark, bare LF or
/// CR, blank lines, line breaks inside quotes. Pure; every record knows its line, which is why
/// this is not a library's reader.
enum CSV {
    struct Record: Hashable, Sendable {
        /// The line of the file on which it begins, from 1.
        let line: Int
        let fields: [String]
    }

    /// More columns than any program writes; what stands further right is not read.
    static let columnsMax = 500

    /// - Throws: ``ImportRefusal`` for bytes that are not UTF-8, for a quote that never ends and
    ///   for too many records.
    static func records(_ bytes: [UInt8]) throws(ImportRefusal) -> [Record] {
        var reader = Reader(bytes: bytes)
        return try reader.records()
    }

    /// One record as a line, quoted where it has to be. What a spreadsheet would work out as a
    /// formula has an apostrophe before it, which ``records(_:)`` takes away again.
    static func line(_ fields: [String]) -> String {
        fields.map { text in
            let field = Formula.isRead(from: text) ? "'" + text : text
            let special = field.utf8.contains { $0 == 34 || $0 == 44 || $0 == 10 || $0 == 13 }
            let padded = field.hasPrefix(" ") || field.hasSuffix(" ")
            guard special || padded else { return field }
            return "\""
                + field.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"") + "\""
        }.joined(separator: ",") + "\r\n"
    }

    private struct Reader {
        let bytes: [UInt8]
        var index = 0
        var line = 1

        private static let quote = UInt8(ascii: "\"")
        private static let comma = UInt8(ascii: ",")
        private static let lf = UInt8(ascii: "\n")
        private static let cr = UInt8(ascii: "\r")

        mutating func records() throws(ImportRefusal) -> [Record] {
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
            var records: [Record] = []
            while index < bytes.count {
                let start = line
                let fields = try record()
                if fields.contains(where: { !$0.isEmpty }) {
                    guard records.count < ImportRefusal.rowsMax else { throw .tooManyRows }
                    records.append(Record(line: start, fields: fields))
                }
            }
            return records
        }

        private mutating func record() throws(ImportRefusal) -> [String] {
            var fields: [String] = []
            while true {
                let text = try field()
                if fields.count < CSV.columnsMax { fields.append(text) }
                guard index < bytes.count else { return fields }
                let end = bytes[index]
                index += 1
                if end == Self.comma {
                    // A comma at the very end of the file still has an empty field after it.
                    if index == bytes.count, fields.count < CSV.columnsMax {
                        return fields + [""]
                    }
                    continue
                }
                if end == Self.cr, index < bytes.count, bytes[index] == Self.lf { index += 1 }
                line += 1
                return fields
            }
        }

        /// Reads up to the comma or line break that ends the field, and stops before it.
        private mutating func field() throws(ImportRefusal) -> String {
            var content: [UInt8] = []
            let start = line
            if index < bytes.count, bytes[index] == Self.quote {
                index += 1
                while true {
                    guard index < bytes.count else { throw .quoteOpen(line: start) }
                    let byte = bytes[index]
                    index += 1
                    if byte == Self.quote {
                        guard index < bytes.count, bytes[index] == Self.quote else { break }
                        index += 1
                    }
                    if byte == Self.lf { line += 1 }
                    content.append(byte)
                }
            }
            while index < bytes.count, ![Self.comma, Self.lf, Self.cr].contains(bytes[index]) {
                content.append(bytes[index])
                index += 1
            }
            guard let text = String(validating: content, as: UTF8.self) else {
                throw .notUTF8(line: start)
            }
            return text.hasPrefix("'") && Formula.isRead(from: text)
                ? String(text.dropFirst()) : text
        }
    }
}
