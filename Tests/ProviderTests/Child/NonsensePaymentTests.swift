import ProviderKit
import Testing
import Vocabulary

@testable import ProviderHost

@Suite struct `A payment program that answers nonsense` {
    private static let sound =
        #"{"started":{"payment":{"snapshot":{"reference":"p1","status":"captured","#
        + #""authorized":{"amount":4250,"currency":"EUR"},"#
        + #""captured":{"amount":4250,"currency":"EUR"},"#
        + #""refunded":{"amount":0,"currency":"EUR"},"version":1},"next":{"none":{}}}}}"#

    private static func changed(_ words: String, _ others: String) -> String {
        let text = sound.replacing(words, with: others)
        precondition(text != sound)
        return text
    }

    /// The bodies of answers to a start of 42.50 EUR, none of which can be believed.
    private static let answers = [
        "", "null", "[]", "7", "{}", "\u{0}\u{0}", "{\"started\":", "GET / HTTP/1.1",
        String(repeating: "[", count: 100_000), #"{"quotes":{"list":[]}}"#,
        #"{"payment":{"snapshot":null}}"#, #"{"started":{}}"#, #"{"started":{"payment":null}}"#,
        changed("4250", "1000000000000000000000000000000"),
        changed("4250", "9223372036854775807"), changed("4250", "-9223372036854775808"),
        changed("4250", "42.5"), changed("4250", "1e400"), changed("4250", "\"4250\""),
        changed("4250", "4251"), changed("4250", "true"), changed("4250", "null"),
        changed("\"amount\":0", "\"amount\":-1"), changed("\"amount\":0", "\"amount\":4251"),
        changed("EUR", "USD"), changed("EUR", "XXX"), changed("EUR", ""),
        changed("\"amount\":0,\"currency\":\"EUR\"", "\"amount\":0,\"currency\":\"USD\""),
        changed("captured\",", "paid\","), changed("\"version\":1", "\"version\":-1"),
        changed("\"version\":1", "\"version\":9223372036854775807"),
        changed("\"p1\"", "\"\""), changed("\"p1\"", "[]"), changed("\"p1\"", #""p\u00001""#),
        changed("\"version\":1", #""version":1,"failureMessage":"No\u0000""#),
        changed("\"p1\"", "\"\(String(repeating: "p", count: 1_000_000))\""),
        changed("{\"none\":{}}", #"{"redirect":{"url":"javascript:alert(1)"}}"#),
        changed("{\"none\":{}}", #"{"fly":{}}"#),
    ]

    /// The bodies of errors that are none.
    private static let errors = [
        "", "null", "{}", "no", #"{"never":{}}"#, #"{"declined":7}"#,
        #"{"unavailable":{"message":"m","retryAfterSeconds":1e99}}"#,
    ]

    /// Answers what a payment's id says, and before it what nobody has asked for.
    private static func program(_ folder: ProgramFolder) throws {
        func literal(_ bodies: [String]) -> String {
            "["
                + bodies.map { "bytes.fromhex('\(hexadecimal(Array($0.utf8)))')" }
                .joined(separator: ", ") + "]"
        }
        try folder.replace(
            "    body = json.dumps(value).encode()\n    with",
            with: "    body = value if isinstance(value, bytes) else json.dumps(value).encode()\n"
                + "    with")
        try folder.replace(
            "        write(b\"A\", number, {case: {part: answers[name](Call(body), **asked)}})\n",
            with: """
                        said = answers[name](Call(body), **asked)
                        if not isinstance(said, bytes):
                            said = {case: {part: said}}
                        write(b"A", number, said)

                """)
        try folder.replace(
            "def start(call, request):\n",
            with: """
                def start(call, request):
                    from guildhall_frames import write
                    write(b"A", 2**64 - 1, {})
                    write(b"E", 0, b"?")
                    write(b"X", 77, {})
                    write(b"C", 77, b"7")
                    which, number = request["paymentID"].split()
                    if which == "answer":
                        return ANSWERED[int(number)]
                    no = Refused("")
                    no.error = REFUSED[int(number)]
                    raise no


                ANSWERED = \(literal(answers))
                REFUSED = \(literal(errors))


                def start_soundly(call, request):

                """)
    }

    @Test func `leaves every start in doubt, and the host and itself alive`() async throws {
        let folder = try ProgramFolder(ofCards: true)
        defer { folder.remove() }
        try Self.program(folder)
        let catalog = ModuleCatalog(folder: folder.path)
        let module = try #require(catalog.module("sandbox-cards"))
        let settings = InstanceSettings(
            instanceID: "test", values: ["url": "http://127.0.0.1:9"],
            secrets: ["apiKey": Secret("key"), "webhookSecret": Secret("secret")])
        let services = ProviderServices(http: client.transport(for: module.descriptor, settings))
        let line = LocalLine(try module.make(settings, services))
        func payment() throws -> GuardedPayment {
            // Each with a circuit breaker of its own, which so many failures would open.
            let guarded = ProviderGuard(
                line, module.descriptor, instanceID: "test", logger: quiet)
            return try #require(guarded.payment)
        }
        _ = try await payment().methods(for: Money(4250, .eur), patient())
        let running = folder.running
        let ids =
            Self.answers.indices.map { "answer \($0)" } + Self.errors.indices.map { "error \($0)" }

        for id in ids {
            let start = PaymentStart(
                paymentID: id, amount: Money(4250, .eur), method: "tok_visa", capture: .now,
                returnURL: "http://127.0.0.1:9/", webhookURL: "http://127.0.0.1:9/")
            let error = await #expect(throws: ProviderError.self, "\(id)") {
                try await payment().start(start, patient())
            }
            #expect(error?.isDefinite == false, "\(id): \(String(describing: error))")
            let methods = try await payment().methods(for: Money(4250, .eur), patient())
            #expect(methods.count == 4)
        }

        #expect(running.count == 1)
        #expect(folder.running == running)
    }

    @Test func `is not asked for what its manifest does not say`() async throws {
        let catalog = ModuleCatalog(folder: ProgramFolder.cards)
        let module = try #require(catalog.module("sandbox-cards"))
        let settings = InstanceSettings(
            instanceID: "test", values: ["url": "http://127.0.0.1:9"],
            secrets: ["apiKey": Secret("key"), "webhookSecret": Secret("secret")])
        let services = ProviderServices(http: client.transport(for: module.descriptor, settings))
        let line = LocalLine(try module.make(settings, services))

        #expect(line.roles == [.payment])
        await #expect(throws: ProviderError.unsupported(operation: "payouts")) {
            try await line.ask(.lookupPayout(key: .reference("p")), patient())
        }
        await #expect(throws: ProviderError.unsupported(operation: "balance")) {
            try await line.ask(
                .balance(from: .systemNow, until: .systemNow, cursor: nil), patient())
        }
        await #expect(throws: ProviderError.unsupported(operation: "disputes")) {
            try await line.ask(.lookupDispute(reference: "d"), patient())
        }
    }
}
