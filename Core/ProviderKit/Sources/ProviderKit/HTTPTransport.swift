public import Vocabulary

/// The only way out of a module. The host decides what may be reached and how long it may take;
/// tests drop, delay and repeat here.
public protocol HTTPTransport: Sendable {
    /// One request, one whole answer; redirects are answers, not followed.
    /// - Throws: `unavailable` when the request was certainly not sent, `ambiguous` when it may
    ///   have been and no answer came, `invalidRequest` when the host may not be talked to.
    func send(
        _ request: HTTPRequest, deadline: Instant
    ) async throws(ProviderError) -> HTTPResponse
}

public struct HTTPRequest: Hashable, Sendable, Codable {
    public var method: String
    public var url: String
    public var headers: HTTPHeaders
    @Base64 public var body: [UInt8]

    public init(
        _ method: String, _ url: String, headers: HTTPHeaders = [:], body: [UInt8] = []
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

public struct HTTPResponse: Hashable, Sendable, Codable {
    public var status: Int
    public var headers: HTTPHeaders
    @Base64 public var body: [UInt8]

    public init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Header fields in the order they came; names compare without regard to case.
public struct HTTPHeaders: Hashable, Sendable, Codable, ExpressibleByDictionaryLiteral {
    public struct Field: Hashable, Sendable, Codable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public var fields: [Field]

    public init(_ fields: [Field] = []) { self.fields = fields }

    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// The first value of that name; setting replaces all of them.
    public subscript(name: String) -> String? {
        get {
            let wanted = name.lowercased()
            return fields.first { $0.name.lowercased() == wanted }?.value
        }
        set {
            let wanted = name.lowercased()
            fields.removeAll { $0.name.lowercased() == wanted }
            if let newValue { fields.append(Field(name: name, value: newValue)) }
        }
    }
}
