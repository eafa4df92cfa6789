import JSONText
import Postgres

extension JSON: SQLEncodable {
    /// Nil only for a value that JSON cannot hold, which a `not null` column then refuses.
    public var sqlText: String? {
        guard let data = try? JSONBytesEncoder.bytes(of: value) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }
}

extension JSON: SQLDecodable {
    public init?(sql cell: Cell) {
        guard let text = cell.text,
            let value = try? JSONBytesDecoder.decode(Value.self, from: Array(text.utf8))
        else { return nil }
        self.init(value)
    }
}
