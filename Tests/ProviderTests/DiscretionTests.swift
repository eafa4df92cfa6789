import ProviderHost
import ProviderKit
import Testing
import Vocabulary

/// Providers name the key that they refuse, and modules hand on what providers say.
@Suite struct `What a module says` {
    private static let key = "sk_live_51H8longer"
    private static let settings = InstanceSettings(
        instanceID: "test", secrets: ["key": Secret(key), "pin": Secret("0815")],
        previousSecrets: ["key": Secret("sk_live_51H8"), "empty": Secret("")])
    private static let told = "No such key: \(key), nor sk_live_51H8 (0815)"
    private static let kept = "No such key: (secret), nor (secret) (0815)"

    @Test(
        arguments: [
            (
                .declined(code: told, message: told, mayRetry: true),
                .declined(code: kept, message: kept, mayRetry: true)
            ),
            (
                .invalidRequest(code: told, message: told),
                .invalidRequest(code: kept, message: kept)
            ),
            (.misconfigured(message: told), .misconfigured(message: kept)),
            (
                .unavailable(message: told, retryAfterSeconds: 7),
                .unavailable(message: kept, retryAfterSeconds: 7)
            ),
            (.ambiguous(message: told), .ambiguous(message: kept)),
            (.unsupported(operation: told), .unsupported(operation: kept)),
            (.signatureInvalid, .signatureInvalid),
        ] as [(ProviderError, ProviderError)])
    func `of an error names none of its secrets`(
        _ error: ProviderError, _ wanted: ProviderError
    ) async {
        var provider = ScriptedPayments()
        provider.error = error
        let line = LocalLine(provider, with: Discretion(Self.settings))

        await #expect(throws: wanted) {
            try await line.ask(.void(reference: "p1"), context())
        }
    }

    @Test func `of a payment that failed names none either`() async throws {
        var provider = ScriptedPayments()
        provider.snapshot.failureMessage = Self.told
        let line = LocalLine(provider, with: Discretion(Self.settings))

        let found = try await line.ask(.lookup(key: .reference("p1")), context())

        guard case .payment(let snapshot) = found else {
            Issue.record("\(found)")
            return
        }
        #expect(snapshot?.failureMessage == Self.kept)
        #expect(snapshot?.reference == "p1")
    }

    @Test func `names no line of a secret that has several, nor what is left of overlapping ones`()
    {
        let discretion = Discretion(
            InstanceSettings(
                instanceID: "test",
                secrets: [
                    "pem": Secret("-----BEGIN KEY-----\r\nMIIEvQIBADAN\r\nQw==\r\n"),
                    "one": Secret("abcdefgh"), "two": Secret("efghijkl"),
                ]))

        #expect(discretion.words("at MIIEvQIBADAN, Qw==") == "at (secret), Qw==")
        #expect(discretion.words("abcdefghijkl mnop") == "(secret) mnop")
        // A mark on the last letter makes another letter of it, for whoever reads it.
        #expect(discretion.words("abcdefgh\u{301}") == "(secret)\u{301}")
    }
}
