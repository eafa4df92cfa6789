import ProviderKit
import Synchronization
import Testing
import Vocabulary

@testable import ProviderHost

/// A program may print the settings that it was told: a traceback in Python does.
@Suite struct `What a module's program writes on its standard error` {
    private static let settings = InstanceSettings(
        instanceID: "test", secrets: ["key": Secret("sk_live_51H8longer")],
        previousSecrets: ["key": Secret("sk_test_before")])
    private static let question = ProviderQuestion.quotes(
        request: ShippingRequest(
            sellerID: "s", origin: address("DE"), destination: address("FR"),
            parcel: Parcel(weightGrams: 1200, value: Money(4250, .eur), itemCount: 1),
            currency: .eur))

    private static func address(_ country: String) -> Address {
        Address(
            name: "Ada", lines: ["Gasse 1"], city: "Berlin", postalCode: "10115",
            country: country)
    }

    private final class Log: Sendable {
        private let text = Mutex("")

        var lines: [String] {
            text.withLock { $0.split(separator: "\n").map { String($0) } }
        }

        func write(_ line: [UInt8]) {
            text.withLock { $0 += String(decoding: line, as: UTF8.self) }
        }
    }

    /// Asks a program, which first does `mischief`: lines of Python that know its settings.
    private func log(
        of mischief: String, asking times: Int = 1, waitingFor count: Int
    ) async throws -> [String] {
        let folder = try ProgramFolder()
        defer { folder.remove() }
        let lines = mischief.split(separator: "\n").map { "    \($0)\n" }.joined()
        try folder.replace(
            "def make(settings):\n",
            with: "def make(settings):\n    import os, sys, time\n\(lines)")
        let log = Log()
        let module = ChildModule(
            program: folder.program, name: "parcels", kind: .shipping, roles: [.shipping],
            memory: 512 << 20, errors: ErrorStream(of: "parcels") { log.write($0) })
        for _ in 0..<times {
            _ = try? await module.ask(Self.question, of: "test", Self.settings, patient())
        }
        await eventually { log.lines.count >= count }
        return log.lines
    }

    @Test func `is in the host's log after the module's name, without its secrets`() async throws {
        let lines = try await log(
            of: """
                print("Settings:", settings["secrets"], file=sys.stderr)
                print("before:", settings["previousSecrets"]["key"] + "?", file=sys.stderr)
                """, waitingFor: 2)

        #expect(lines == ["parcels: Settings: {'key': '(secret)'}", "parcels: before: (secret)?"])
    }

    @Test func `names no secret that comes in two pieces`() async throws {
        let lines = try await log(
            of: """
                key = settings["secrets"]["key"].encode()
                os.write(2, b"key: " + key[:9])
                time.sleep(0.3)
                os.write(2, key[9:] + b"!" + os.linesep.encode())
                """, waitingFor: 1)

        #expect(lines == ["parcels: key: (secret)!"])
    }

    @Test func `is there to its last word, from each that was started`() async throws {
        let lines = try await log(
            of: """
                os.write(2, b"It ends with " + settings["secrets"]["key"].encode())
                os._exit(3)
                """, asking: 2, waitingFor: 2)

        #expect(lines == Array(repeating: "parcels: It ends with (secret)", count: 2))
    }
}
