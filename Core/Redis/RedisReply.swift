import CHiredis

/// What Redis answered.
public enum RedisReply: Sendable, Equatable {
    case null
    case integer(Int64)
    /// A bulk string: any bytes.
    case string([UInt8])
    /// A simple string such as `OK`.
    case status(String)
    case array([RedisReply])
    /// An error inside an array or a pipeline; a command's own error is thrown.
    case error(String)

    /// The text of a string or status; invalid UTF-8 is repaired.
    public var text: String? {
        switch self {
        case .string(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        case .null, .integer, .array, .error: nil
        }
    }

    /// An integer, or a string that is one.
    public var int: Int64? {
        switch self {
        case .integer(let value): value
        case .string: text.flatMap { Int64($0) }
        case .null, .status, .array, .error: nil
        }
    }

    public var bytes: [UInt8]? {
        if case .string(let bytes) = self { bytes } else { nil }
    }

    public var array: [RedisReply]? {
        if case .array(let items) = self { items } else { nil }
    }

    public var isNull: Bool { self == .null }

    /// Copies hiredis' reply, which hiredis frees after the callback.
    init(_ reply: UnsafePointer<redisReply>) {
        let reply = reply.pointee
        switch reply.type {
        case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
        case REDIS_REPLY_STRING:
            self = .string(
                Array(UnsafeRawBufferPointer(start: reply.str, count: reply.len)))
        case REDIS_REPLY_STATUS: self = .status(Self.text(reply))
        case REDIS_REPLY_ERROR: self = .error(Self.text(reply))
        case REDIS_REPLY_ARRAY:
            var items: [RedisReply] = []
            items.reserveCapacity(reply.elements)
            for index in 0..<reply.elements {
                if let element = reply.element[index] { items.append(RedisReply(element)) }
            }
            self = .array(items)
        default: self = .null
        }
    }

    private static func text(_ reply: redisReply) -> String {
        String(decoding: UnsafeRawBufferPointer(start: reply.str, count: reply.len), as: UTF8.self)
    }
}

/// One word of a command. Literals work: `["EX", 60]`.
public enum RedisArgument: Sendable, Hashable {
    case string(String)
    case int(Int64)
    case bytes([UInt8])
}

extension RedisArgument: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
}
