import Postgres
import ProviderKit

/// The SHA-256 of a stored file, which is also its name.
public struct ContentHash: Hashable, Sendable, CustomStringConvertible {
    public let bytes: [UInt8]

    public init(of content: [UInt8]) { bytes = sha256(content) }

    /// Reads 64 hexadecimal digits; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 64, let bytes = ProviderKit.bytes(hexadecimal: text) else {
            return nil
        }
        self.bytes = bytes
    }

    /// 64 hexadecimal digits.
    public var description: String { hexadecimal(bytes) }
}

extension ContentHash: SQLEncodable {
    public var sqlText: String? { Bytes(bytes).sqlText }
}

extension ContentHash: SQLDecodable {
    public init?(sql cell: Cell) {
        guard let stored = Bytes(sql: cell), stored.bytes.count == 32 else { return nil }
        bytes = stored.bytes
    }
}

extension ContentHash: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let hash = ContentHash(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a hash")
        }
        self = hash
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
