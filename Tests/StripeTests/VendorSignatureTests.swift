import Foundation
import ProviderKit
import TestServers
import Testing
import Vocabulary

@testable import StripePayments

/// The vendor's own library, in a process beside the test. `Config/test` installs it and says
/// where.
@Suite(.enabled(if: Vendor.isThere, "GUILDHALL_TEST_STRIPE names no environment of stripe"))
struct `A webhook's signature, made and judged by the vendor's library now` {
    private struct Letter: Encodable {
        let secret: String
        let body: String
        var header: String?
    }

    /// Of every length and with letters of every kind, each under a secret of its own.
    private static func letters() -> [Letter] {
        ["", "é €", "😀", #"\n\t\" \\u0000"#, String(repeating: "ß", count: 40_000)].enumerated().map
        {
            index, words in
            let body =
                #"{"id":"evt_\#(index)","object":"event","created":\#(1_700_000_000 + index),"#
                + #""type":"charge.updated","livemode":false,"#
                + #""data":{"object":{"id":"x","object":"x","note":"\#(words)"}}}"#
            return Letter(secret: "whsec_" + hexadecimal(randomBytes(16)), body: body)
        }
    }

    @Test func `by the vendor is accepted by us, and by nobody else's secret`() async throws {
        let letters = Self.letters()

        let headers = try await Vendor.answers(String.self, to: letters, "sign")

        try #require(headers.count == letters.count)
        for (letter, header) in zip(letters, headers) {
            let delivery = WebhookDelivery(
                headers: ["Stripe-Signature": header], body: Array(letter.body.utf8),
                receivedAt: .systemNow)
            let ours = try stripe(silent, secrets: ["webhookSecret": letter.secret])
            #expect(try ours.verify(delivery).kind == "charge.updated")
            var late = delivery
            late.receivedAt = .systemNow.advanced(by: .seconds(360))
            #expect(throws: ProviderError.signatureInvalid) { try ours.verify(late) }
            var changed = delivery
            changed.body.append(32)
            #expect(throws: ProviderError.signatureInvalid) { try ours.verify(changed) }
            let other = try stripe(silent, secrets: ["webhookSecret": "whsec_other"])
            #expect(throws: ProviderError.signatureInvalid) { try other.verify(delivery) }
        }
    }

    @Test func `by us is accepted by the vendor, while it is fresh`() async throws {
        func signed(_ age: Duration) -> [Letter] {
            Self.letters().map { letter in
                var letter = letter
                letter.header = WebhookSignature.header(
                    Array(letter.body.utf8), secret: Secret(letter.secret),
                    at: Instant.systemNow.advanced(by: .zero - age))
                return letter
            }
        }

        let fresh = try await Vendor.answers(Bool.self, to: signed(.zero), "judge")
        let old = try await Vendor.answers(Bool.self, to: signed(.seconds(360)), "judge")

        #expect(fresh == [true, true, true, true, true])
        #expect(old == [false, false, false, false, false])
    }
}

/// A Python environment with the packages `stripe` and `localstripe`.
enum Vendor {
    static let environment = ProcessInfo.processInfo.environment["GUILDHALL_TEST_STRIPE"]
    static var isThere: Bool { environment != nil }

    static func program(_ name: String) throws -> String {
        guard let environment else { throw ServerFailure("there is no environment") }
        return "\(environment)/bin/\(name)"
    }

    static func folder() throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("guildhall-vendor-\(hexadecimal(randomBytes(8)))").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    /// What `Tests/Stripe/sign.py` answers to each question.
    static func answers<Answer: Decodable>(
        _ type: Answer.Type, to questions: [some Encodable], _ act: String
    ) async throws -> [Answer] {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let lines = try questions.map { try JSONEncoder().encode($0) }
        try Data(lines.joined(separator: [10])).write(to: URL(fileURLWithPath: folder + "/in"))
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Stripe/sign.py").path
        let program = try Program(
            try program("python"), ["-B", script, act, folder + "/in", folder + "/out"],
            log: folder + "/log")
        guard try await program.waitForEnd() == 0 else {
            throw ServerFailure(
                (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? "no log")
        }
        return try String(contentsOfFile: folder + "/out", encoding: .utf8)
            .split(separator: "\n").map {
                try JSONDecoder().decode(type, from: Data($0.utf8))
            }
    }
}
