import JSONText
import ProviderKit

/// The first frame of either side.
struct Hello: Codable, Sendable {
    /// Counts changes of the frames that an older side would not understand.
    static let protocolVersion = 1

    /// Whose values are understood here: what came after the first of these is asked of nobody who
    /// does not say its role.
    static let contracts = 3...providerContractVersion

    /// `protocol` in JSON.
    var version = Self.protocolVersion
    /// `providerContractVersion`, or what a child was written against.
    var contract: Int64
    /// Who speaks, for logs.
    var name: String
    /// What a module's program can be asked, by the names of `ProviderRole`; nil is what its kind
    /// alone says, and what everybody else says.
    var roles: [String]?

    enum CodingKeys: String, CodingKey {
        case version = "protocol"
        case contract, name, roles
    }

    static func ours(_ name: String) -> Hello {
        Hello(contract: providerContractVersion, name: name)
    }

    /// Why the two cannot talk, in a sentence; nil when they can.
    var problem: String? {
        if version != Self.protocolVersion {
            return "\(name) speaks frames of version \(version), not \(Self.protocolVersion)."
        }
        if !Self.contracts.contains(contract) {
            return "\(name) speaks contract version \(contract), not \(providerContractVersion)."
        }
        return nil
    }
}

/// The body of a call: a question to a module, or one to the host itself.
struct HostCall: Codable, Sendable {
    /// Whom the market asks for, and which of its settings it has in mind.
    var instance: String?
    var version: Int?
    var context: OperationContext
    var question: ProviderQuestion?
    var desk: DeskQuestion?
}

/// A body without anything in it: `{}`.
struct Nothing: Codable, Sendable {}

enum FrameText {
    static func encode<Value: Encodable>(_ value: Value) throws(ProviderError) -> [UInt8] {
        if let bytes = CheckoutText.bytes(of: value) { return bytes }
        do {
            return try JSONBytesEncoder.bytes(of: value)
        } catch {
            throw .unavailable(
                message: "it cannot be written: \(error)", retryAfterSeconds: nil)
        }
    }

    static func decode<Value: Decodable>(_ bytes: [UInt8], as type: Value.Type) throws -> Value {
        let whole = try JSONBytesDecoder.at(bytes)
        if let value = CheckoutText.value(of: type, at: whole) { return value }
        return try Value(from: whole)
    }
}

extension CheckoutText {
    fileprivate static func bytes<Value>(of value: Value) -> [UInt8]? {
        if Value.self == HostCall.self, let call = value as? HostCall { return bytes(of: call) }
        if Value.self == ProviderReply.self, let reply = value as? ProviderReply {
            return bytes(of: reply)
        }
        return nil
    }

    fileprivate static func value<Value>(of type: Value.Type, at whole: JSONBytesDecoder) -> Value?
    {
        if type == HostCall.self { return (try? call(whole)) as? Value }
        if type == ProviderReply.self { return (try? reply(whole)) as? Value }
        return nil
    }
}
