/// Bytes that are base64 where a value is written as text: an array of numbers would take four
/// times their room, and a hundred times as long to read.
@propertyWrapper
public struct Base64: Hashable, Sendable, Codable {
    public var wrappedValue: [UInt8]

    public init(wrappedValue: [UInt8]) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let decoded = bytes(base64: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not base64")
        }
        wrappedValue = decoded
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(base64(wrappedValue))
    }
}
