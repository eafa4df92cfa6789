import ProviderKit
import Vocabulary

/// What providers and the machines before them answer besides the expected.
enum MappingCases {
    static let all: [ConformanceCase] =
        MoneyAct.all.flatMap { act in
            [
                ConformanceCase("mapped", "\(act.name): 401 and 403 are a wrong configuration") {
                    try await keyRefused(act, $0)
                },
                ConformanceCase("mapped", "\(act.name): 429 says when to come again") {
                    try await tooMany(act, $0)
                },
                ConformanceCase("mapped", "\(act.name): 5xx leaves it open") {
                    try await spoiled(act, $0, Self.stumbles)
                },
                ConformanceCase("mapped", "\(act.name): nonsense and half answers leave it open") {
                    try await spoiled(act, $0, Self.nonsense)
                    try await truncated(act, $0)
                },
            ]
        } + ReadCases.all + NumberCases.all

    static let stumbles = [500, 502, 504].map {
        HTTPResponse(status: $0, body: Array("{\"error\":{\"message\":\"stumbled\"}}".utf8))
    }

    static let nonsense: [HTTPResponse] =
        [
            "", "null", "{}", "[]", "true", "\"yes\"", "<html><body>OK</body></html>", "{\"id\":",
            "{\"id\":1,\"status\":2,\"amount\":{}}", "{\"id\":null,\"error\":null}",
            "{\"amount\":999999999999999999999999999}", "\u{0}\u{0}",
            String(repeating: "[", count: 2000),
        ].map { HTTPResponse(status: 200, body: Array($0.utf8)) } + [
            HTTPResponse(status: 200, body: [0xff, 0xfe, 0x80]), HTTPResponse(status: 204),
            HTTPResponse(status: 302, headers: ["Location": "https://elsewhere.example/"]),
            HTTPResponse(status: 999), HTTPResponse(status: 0), HTTPResponse(status: -1),
        ]

    private static func keyRefused(_ act: MoneyAct, _ subject: Subject) async throws {
        for status in [401, 403] {
            try await answered(HTTPResponse(status: status), act, subject) { result in
                guard case .failure(.misconfigured) = result else {
                    throw Breach("\(status) became \(words(result))")
                }
            }
        }
    }

    private static func tooMany(_ act: MoneyAct, _ subject: Subject) async throws {
        let busy = HTTPResponse(status: 429, headers: ["Retry-After": "7"])
        try await answered(busy, act, subject) { result in
            guard case .failure(.unavailable(_, retryAfterSeconds: 7)) = result else {
                throw Breach("429 with Retry-After 7 became \(words(result))")
            }
        }
        for late in ["", "soon", "-5", "99999999999999999999", "Wed, 21 Oct 2026 07:28:00 GMT"] {
            let odd = HTTPResponse(status: 429, headers: ["Retry-After": late])
            try await answered(odd, act, subject) { result in
                guard case .failure(.unavailable) = result else {
                    throw Breach("429 with Retry-After \(late) became \(words(result))")
                }
            }
        }
    }

    private static func answered(
        _ response: HTTPResponse, _ act: MoneyAct, _ subject: Subject,
        _ check: (Result<Void, ProviderError>) throws -> Void
    ) async throws {
        let trial = try subject.trial()
        let prepared = try await act.prepare(trial)
        trial.wire.set(.answered(response))
        let key = freshKey()
        let result = try await prepared.call(trial.context(key))
        if trial.wire.requests.isEmpty { throw DoesNotApply("it asks nobody") }
        try check(result)
        trial.wire.set(nil)
        try await prepared.judge(result, trial, key: key, after: "\(response.status)")
    }

    private static func spoiled(
        _ act: MoneyAct, _ subject: Subject, _ responses: [HTTPResponse]
    ) async throws {
        let count = try await act.requests(subject)
        if count == 0 { throw DoesNotApply("it asks nobody") }
        for position in 0..<count {
            for response in responses {
                try await spoil(.spoiled(response), at: position, of: count, act, subject)
            }
        }
    }

    private static func truncated(_ act: MoneyAct, _ subject: Subject) async throws {
        let count = try await act.requests(subject)
        for position in 0..<count {
            try await spoil(.truncated, at: position, of: count, act, subject)
        }
    }

    private static func spoil(
        _ fault: WireFault, at position: Int, of count: Int, _ act: MoneyAct, _ subject: Subject
    ) async throws {
        let what =
            switch fault {
            case .spoiled(let response):
                "\(response.status) \(String(decoding: response.body.prefix(24), as: UTF8.self))"
            default: "half an answer"
            }
        let trial = try subject.trial()
        let prepared = try await act.prepare(trial)
        let key = freshKey()
        trial.wire.set(fault, at: position)
        let result = try await prepared.call(trial.context(key))
        let isLast = trial.wire.requests.count == position + 1
        trial.wire.set(nil)
        if isLast, case .success = result {
            throw Breach("it took this for a success: \(what)")
        }
        try await prepared.judge(result, trial, key: key, after: "the answer was \(what)")
    }
}
