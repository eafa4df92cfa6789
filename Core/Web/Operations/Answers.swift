import HTTPTypes
import Hummingbird
import NIOCore

/// JSON that PostgreSQL built, sent as it is; `Shape` is what it looks like.
public struct RawJSON<Shape: Codable & Sendable>: Codable, Sendable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    public init(_ text: String) { bytes = Array(text.utf8) }
    public init(from decoder: any Decoder) throws { bytes = [] }
    public func encode(to encoder: any Encoder) throws {}
}

protocol RawBytes {
    var bytes: [UInt8] { get }
}
extension RawJSON: RawBytes {}
extension RawJSON: SelfDescribed {
    public static var schema: Schema { Schema.of(Shape.self) }
    public static var example: RawJSON { RawJSON([UInt8]()) }
}

/// A file as an answer.
public struct Download: Codable, Sendable {
    public let bytes: [UInt8]
    public let type: String
    /// The name under which a browser stores it; nil shows it.
    public let fileName: String?

    public init(_ bytes: [UInt8], type: String, fileName: String? = nil) {
        self.bytes = bytes
        self.type = type
        self.fileName = fileName
    }

    public var response: Response {
        var headers: HTTPFields = [.contentType: type, .cacheControl: "no-store"]
        if let fileName {
            let safe = fileName.filter {
                $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
            }
            headers[.contentDisposition] = "attachment; filename=\"\(safe)\""
        }
        return Response(
            status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// A body of bytes.
public struct Upload: Described {
    public let bytes: [UInt8]
    /// The media type that the client named; never to be trusted.
    public let type: String

    init(bytes: [UInt8], type: String) {
        self.bytes = bytes
        self.type = type
    }
}
