import Foundation
import Glibc
import ProviderKit
import Testing
import Vocabulary

@testable import ProviderHost

@Suite struct `A module in another language` {
    private func shipping(
        _ settings: [String: String] = [:], folder: String = ProgramFolder.shipped
    ) throws -> GuardedShipping {
        try shipping(settings, of: ModuleCatalog(folder: folder))
    }

    private func shipping(
        _ settings: [String: String] = [:], of catalog: ModuleCatalog
    ) throws -> GuardedShipping {
        #expect(catalog.refused.isEmpty)
        let module = try #require(catalog.module("postal-parcels"))
        let provider = try module.make(
            InstanceSettings(instanceID: "test", values: settings),
            ProviderServices(
                http: client.transport(
                    for: module.descriptor, InstanceSettings(instanceID: "test"))))
        let guarded = ProviderGuard(
            provider, module.descriptor, instanceID: "test", logger: quiet)
        return try #require(guarded.shipping)
    }

    private static let request = ShippingRequest(
        sellerID: "s", origin: address("DE"), destination: address("FR"),
        parcel: Parcel(weightGrams: 1200, value: Money(4250, .eur), itemCount: 1), currency: .eur)

    private static func address(_ country: String) -> Address {
        Address(
            name: "Ada", lines: ["Gasse 1"], city: "Berlin", postalCode: "10115",
            country: country)
    }

    @Test func `is loaded by its manifest, and quotes`() async throws {
        let quotes = try await shipping(["price": "700"]).quotes(for: Self.request, patient())

        #expect(quotes.map(\.code) == ["standard", "express"])
        #expect(quotes.map(\.price) == [Money(700, .eur), Money(2100, .eur)])
    }

    @Test func `serves objects with settings of their own, many calls at once`() async throws {
        let (cheap, dear) = (try shipping(["price": "1"]), try shipping(["price": "1000"]))
        try await withThrowingTaskGroup(of: (Bool, Int64).self) { group in
            for index in 0..<100 {
                group.addTask {
                    let isCheap = index.isMultiple(of: 2)
                    let quotes = try await (isCheap ? cheap : dear)
                        .quotes(for: Self.request, patient())
                    return (isCheap, quotes[0].price.amount)
                }
            }
            for try await (isCheap, price) in group { #expect(price == (isCheap ? 1 : 1000)) }
        }
    }

    @Test func `says in its own words what is wrong with its settings`() async throws {
        let error = await #expect(throws: ProviderError.self) {
            try await shipping(["price": "-4"]).quotes(for: Self.request, patient())
        }

        #expect(error == .misconfigured(message: "price is out of all bounds."))
    }

    @Test(arguments: [false, true])
    func `gets as much memory as the operator says`(_ takesNotes: Bool) async throws {
        let folder = try ProgramFolder()
        defer { folder.remove() }
        try folder.replace(
            "def quotes(call, request):\n",
            with: "def quotes(call, request):\n    bytearray(200 << 20)\n")
        let notes = folder.path + ".loading"
        defer { try? FileManager.default.removeItem(atPath: notes) }
        func quotes(megabytes: Int?) async throws -> [ShippingQuote] {
            try await shipping(
                of: ModuleCatalog(
                    folder: folder.path, notes: takesNotes ? notes : nil,
                    programMemory: megabytes.map { $0 << 20 })
            ).quotes(for: Self.request, patient())
        }

        await #expect(throws: ProviderError.self) { try await quotes(megabytes: 160) }
        #expect(try await quotes(megabytes: 1024).count == 2)
        #expect(try await quotes(megabytes: nil).count == 2)
    }

    @Test func `that was killed is started again, and nobody waits forever`() async throws {
        let folder = try ProgramFolder()
        defer { folder.remove() }
        let parcels = try shipping(folder: folder.path)
        _ = try await parcels.quotes(for: Self.request, patient())

        #expect(folder.running.map { kill($0, SIGKILL) } == [0])
        var failures = 0
        while true {
            do throws(ProviderError) {
                let quotes = try await parcels.quotes(for: Self.request, patient())
                #expect(quotes.count == 2)
                break
            } catch {
                // The call that found it dead may fail; it says that nothing came of it.
                #expect(error.isDefinite)
                failures += 1
                guard failures < 5 else {
                    Issue.record("\(error)")
                    return
                }
            }
        }
    }

    @Test func `that answers nothing in time is ended, and started again`() async throws {
        let folder = try ProgramFolder()
        defer { folder.remove() }
        try folder.replace(
            "def quotes(call, request):\n",
            with: "def quotes(call, request):\n    while '31337' in str(request): pass\n")
        let catalog = ModuleCatalog(folder: folder.path)
        let (parcels, other) = (try shipping(of: catalog), try shipping(of: catalog))
        _ = try await parcels.quotes(for: Self.request, patient())
        let first = folder.running
        var bad = Self.request
        bad.parcel.weightGrams = 31337

        for _ in 0..<ChildModule.latenessMax {
            await #expect(throws: ProviderError.self) {
                try await parcels.quotes(for: bad, context(within: .milliseconds(300)))
            }
        }
        for _ in 0..<500 where folder.running == first {
            try await Task.sleep(for: .milliseconds(20))
        }

        #expect(first.count == 1)
        #expect(folder.running != first)
        // The circuit breaker of the first instance is open; the program is there for others.
        let next = try await other.quotes(for: Self.request, patient())
        #expect(next.count == 2)
    }

    /// Frames have only ever been added to: what an old program does not say is asked of nobody.
    @Test(arguments: [Hello.contracts.lowerBound, 4, providerContractVersion])
    func `written against an older contract serves all the same`(_ contract: Int64) async throws {
        let folder = try ProgramFolder()
        defer { folder.remove() }
        try folder.speak(contract)

        let quotes = try await shipping(["price": "700"], folder: folder.path)
            .quotes(for: Self.request, patient())

        #expect(quotes.map(\.price) == [Money(700, .eur), Money(2100, .eur)])
    }

    @Test(arguments: [Hello.contracts.lowerBound - 1, providerContractVersion + 1])
    func `that says another contract in its hello is hung up on`(_ contract: Int64) async throws {
        let folder = try ProgramFolder()
        defer { folder.remove() }
        try folder.replace("{\"contract\": 5, ", with: "{\"contract\": \(contract), ")

        let error = await #expect(throws: ProviderError.self) {
            try await shipping(folder: folder.path).quotes(for: Self.request, patient())
        }

        #expect(error?.isDefinite == true)
    }

    @Test(arguments: [Hello.contracts.lowerBound - 1, providerContractVersion + 1])
    func `whose manifest says another contract is not taken, and the report says why`(
        _ contract: Int64
    ) throws {
        let folder = try ProgramFolder()
        defer { folder.remove() }
        try folder.speak(contract)

        let catalog = ModuleCatalog(folder: folder.path)

        #expect(catalog.modules.isEmpty)
        #expect(
            catalog.refused.map(\.reason) == [
                "It speaks contract version \(contract), this Guildhall speaks "
                    + "\(providerContractVersion)."
            ])
    }

    /// A page of disputes as a program of contract 4 writes it.
    @Test func `of contract 4 names no disputes that are unreadable`() throws {
        let page = try FrameText.decode(
            Array(#"{"disputes": [], "next": "du_9"}"#.utf8), as: DisputePage.self)

        #expect(page == DisputePage(disputes: [], next: "du_9"))
    }

    @Test func `of another contract, or that says what cannot be, is refused in words`() throws {
        let folder =
            FileManager.default.temporaryDirectory.path
            + "/refused-" + hexadecimal(randomBytes(6))
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.copyItem(
            atPath: ProgramFolder.shipped + "/postal_parcels.py",
            toPath: folder + "/postal_parcels.py")
        let text = try String(
            contentsOfFile: ProgramFolder.shipped + "/postal-parcels.module.json", encoding: .utf8)
        for (name, wrong) in [
            ("a", text.replacing("\"contract\": 5", with: "\"contract\": 1")),
            ("b", text.replacing("postal_parcels.py", with: "../../bin/sh")),
            ("c", with(text, #""roles": ["payment"]"#)),
            ("d", "{"),
            ("e", with(text, #""roles": []"#)),
            ("f", with(text, #""roles": ["shipping", "magic"]"#)),
            ("g", with(text, #""roles": ["payment", "accounts"]"#, kind: "payment")),
            ("h", with(text, #""counterpart": "../libSandboxPayments.so""#)),
        ] {
            try wrong.write(
                toFile: "\(folder)/\(name).module.json", atomically: true, encoding: .utf8)
        }

        let catalog = ModuleCatalog(folder: folder)

        #expect(catalog.modules.isEmpty)
        let reasons = catalog.refused.sorted { $0.file < $1.file }.map(\.reason)
        try #require(reasons.count == 8)
        #expect(reasons[0].contains("It speaks contract version 1"))
        #expect(reasons[1].contains("is no executable file beside it"))
        #expect(reasons[2] == "A shipping module has no role payment.")
        #expect(reasons[3].contains("It is no manifest of a module"))
        #expect(reasons[4] == "A shipping module says shipping.")
        #expect(reasons[5] == "There is no role magic.")
        #expect(reasons[6] == "Who says accounts says payouts too.")
        #expect(reasons[7] == "Its counterpart ../libSandboxPayments.so is no file beside it.")
    }

    /// The manifest `text` with a line more in it.
    private func with(_ text: String, _ line: String, kind: String = "shipping") -> String {
        text.replacing("\"contract\": 5,", with: "\"contract\": 5, \(line),")
            .replacing("\"kind\": \"shipping\"", with: "\"kind\": \"\(kind)\"")
    }
}
