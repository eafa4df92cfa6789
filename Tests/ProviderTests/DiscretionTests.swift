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
}
