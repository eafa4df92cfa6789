import Foundation
import Kernel
import Postgres
import ProviderHost
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `A conformance run of a module in the modules folder` {
    /// Never used, and never shut down.
    private static let client = HostClient(privateHosts: [])

    /// Where the test program, `guildhall` and the modules lie.
    private var products: String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
    }

    private static let cards =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
        + "/Plugins/Payments/SandboxCards"

    /// - Parameter files: more of them, by their paths.
    private func withFolder(
        of libraries: [String], and files: [String] = [],
        _ body: (Marketplace, TestMarketplace) async throws -> Void
    ) async throws {
        let folder =
            FileManager.default.temporaryDirectory.path
            + "/modules-\(hexadecimal(randomBytes(8)))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for file in libraries.map({ "\(products)/\($0)" }) + files {
            let name = URL(filePath: file).lastPathComponent
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/\(name)", withDestinationPath: file)
        }
        try await TestMarketplace.run { market in
            var settings = market.marketplace.settings
            settings.program = products + "/guildhall"
            let gateway = ProviderGateway(
                database: market.database, catalog: ModuleCatalog(folder: folder),
                client: Self.client,
                key: try ProviderKey(Array(repeating: 9, count: 32)),
                logger: market.marketplace.logger)
            let marketplace = Marketplace(
                database: market.database, providers: gateway, settings: settings,
                logger: market.marketplace.logger)
            try await body(marketplace, market)
        }
    }

    @Test func `in another language borrows the counterpart of the module beside it`() async throws
    {
        let program = ["sandbox-cards.module.json", "sandbox_cards.py"].map {
            Self.cards + "/" + $0
        }
        try await withFolder(of: ["libSandboxPayments.so"], and: program) { marketplace, market in
            let report = try await marketplace.checkConformance(
                of: "sandbox-cards", version: "1.0", as: nil)

            #expect(report.passes && report.count(.passed) >= 80)
        }
        // Without it there is nobody to speak to.
        try await withFolder(of: [], and: program) { marketplace, market in
            await #expect(throws: ProviderRefusal.self) {
                try await marketplace.checkConformance(
                    of: "sandbox-cards", version: "1.0", as: nil)
            }
        }
    }

    @Test func `is made in a process of its own, kept, and recorded`() async throws {
        try await withFolder(of: ["libTableRateShipping.so"]) { marketplace, market in
            let admin = try await market.given.administrator().id
            #expect(try await marketplace.conformanceReports().isEmpty)

            let report = try await marketplace.checkConformance(
                of: "table-rate-shipping", version: "1.0", as: admin)

            #expect(report.passes && report.count(.passed) >= 10)
            let kept = try await marketplace.conformanceReports()
            #expect(kept.map(\.report) == [report])
            let lines = try await market.database.query(
                "select object_id from audit_log where action = 'module.conformance-checked'"
            ).decode { c in try c.next(String.self) }
            #expect(lines == ["table-rate-shipping 1.0"])
            let missing = await #expect(throws: ProviderRefusal.self) {
                try await marketplace.checkConformance(
                    of: "table-rate-shipping", version: "9.9", as: admin)
            }
            #expect(missing?.code == "provider.version-missing")
        }
    }

    /// Another program starts it, of which `/proc/self/exe` would be.
    @Test func `is made by this very program`() {
        let run = ConformanceRun(program: "/proc/self/exe", file: "a.so", within: .seconds(1))
        #expect(run.program.hasPrefix(products + "/"), "\(run.program)")
    }

    /// The rule that only a trap breaks: the run goes on, and so does this process.
    @Test func `survives a module that traps, which fails that case alone`() async throws {
        try await withFolder(of: ["libTrappingModule.so"]) { marketplace, market in
            let report = try await marketplace.checkConformance(
                of: "trapping-module", version: "1.0", as: nil)

            let failed = report.cases.filter { $0.result == .failed }
            #expect(failed.map(\.name) == ["nonsense is refused in words, or taken"])
            #expect(failed.first?.detail.hasPrefix("the module trapped: signal ") ?? false)
            #expect(report.cases.last?.result == .passed)
        }
    }

    /// The module knocks at a port by itself when it is loaded. Where the machine permits no
    /// network of its own, it is tried all the same, and the report has to say so.
    @Test(arguments: [false, true])
    func `has no network, but on a machine without walls, of which the report tells`(
        _ isOpen: Bool
    ) async throws {
        let isWalled = isOpen ? false : await NetworkWall.ofThisMachine().stands
        let door = try Door()
        let folder =
            FileManager.default.temporaryDirectory.path
            + "/modules-\(hexadecimal(randomBytes(8)))"
        let file = folder + "/dials-\(door.port).so"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.copyItem(
            atPath: products + "/libTrappingModule.so", toPath: file)

        var run = ConformanceRun(
            program: products + "/guildhall", file: file, within: .seconds(60))
        if isOpen { run.wall = NetworkWall.none }
        guard case .report(_, let report) = await Self.finding(of: run) else {
            Issue.record("it was not tried")
            return
        }

        #expect(door.hasVisitor != isWalled)
        #expect(report.count(.passed) > 5)
        #expect(report.wasWalledOff == isWalled)
        let warnings = report.table.filter { $0.contains("permits no network namespaces") }
        #expect(warnings.count == (isWalled ? 0 : 1))
    }

    @Test(arguments: [
        ("traps-when-loaded", "the module trapped: signal "),
        ("wants-memory", "the module trapped: signal "),
        ("writes-without-end", "it wrote more than 16 MiB"),
    ])
    func `says of a module that ends the process that loads it that it does`(
        _ name: String, _ why: String
    ) async throws {
        let folder =
            FileManager.default.temporaryDirectory.path
            + "/modules-\(hexadecimal(randomBytes(8)))"
        let file = folder + "/\(name).so"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.copyItem(
            atPath: products + "/libTrappingModule.so", toPath: file)

        let run = ConformanceRun(
            program: products + "/guildhall", file: file, within: .seconds(60))
        guard case .none(let reason) = await Self.finding(of: run) else {
            Issue.record("it was taken")
            return
        }

        #expect(reason.hasPrefix("When it is loaded, \(why)"), "\(reason)")
    }

    private static func finding(of run: ConformanceRun) async -> ConformanceRun.Finding {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: run.run()) }
        }
    }
}

/// A port of this machine at which somebody may knock.
private final class Door: Sendable {
    private let listener: Int32
    let port: UInt16

    init() throws {
        let kind =
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            | Int32(SOCK_NONBLOCK.rawValue)
        let listener = socket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        try #require(isOpen)
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(listener) }

    /// Whether anybody knocked who was not let in yet.
    var hasVisitor: Bool {
        let visitor = accept(listener, nil, nil)
        if visitor >= 0 { close(visitor) }
        return visitor >= 0
    }
}
