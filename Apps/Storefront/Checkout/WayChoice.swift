import Kernel
import Vocabulary
import Web

/// Instance and method as one value of a radio button: `<instance id> <method>`.
struct WayChoice: Codable, Sendable, SelfDescribed {
    let instance: ID<ProviderInstance>
    let method: String

    init(instance: ID<ProviderInstance>, method: String) {
        self.instance = instance
        self.method = method
    }

    var text: String { "\(instance) \(method)" }

    private init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let instance = ID<ProviderInstance>(parts[0]) else { return nil }
        self.init(instance: instance, method: String(parts[1]))
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let choice = WayChoice(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not a way to pay")
        }
        self = choice
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    static var schema: Schema {
        .text(
            TextSchema(
                length: 38...240,
                pattern: TextPattern("^[0-9a-f-]{36} .+$", "one of the ways to pay") {
                    WayChoice($0) != nil
                }))
    }

    static var example: WayChoice { WayChoice(instance: ID(), method: "card") }
}
