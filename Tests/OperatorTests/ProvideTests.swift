import Foundation
import Glibc
import Kernel
import ProviderHost
import ProviderKit
import Testing
import Vocabulary

@Suite struct `A provider host as a process of its own` {
    @Test func `that is killed again and again fails nobody's quote`() async throws {
        try await RunningHost.with { host in
            let id = try await host.shipping("table-rate-shipping")
            let first = try await host.status().pid

            let killing = Task {
                for _ in 0..<3 {
                    let pid = try await host.status().pid
                    // Whoever was struck has been served: a call that ends host after host is
                    // taken for the reason.
                    try await Task.sleep(for: .milliseconds(400))
                    kill(pid, SIGKILL)
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let end = ContinuousClock.now + .seconds(3)
                        while ContinuousClock.now < end {
                            let quotes = try await host.quotes(id)
                            #expect(!quotes.isEmpty)
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await killing.value

            while host.exits.count < 3 { try await Task.sleep(for: .milliseconds(20)) }
            #expect(try await host.status().pid != first)
        }
    }

    @Test func `gives back the memory of what only its start needed, and serves on`() async throws {
        try await RunningHost.with { host in
            let id = try await host.shipping("table-rate-shipping")
            let pid = try await host.status().pid
            let end = ContinuousClock.now + .seconds(60)
            while try Self.kilobytes("VmRSS", of: pid) * 3 > Self.kilobytes("VmHWM", of: pid) * 2 {
                try #require(ContinuousClock.now < end)
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(try await !host.quotes(id).isEmpty)
            #expect(try await host.status().pid == pid)
        }
    }

    /// What the process has in memory now (`VmRSS`), and had at most (`VmHWM`).
    private static func kilobytes(_ key: String, of pid: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(key + ":") }
        return try #require(line?.split { !$0.isNumber }.first.flatMap { Int($0) })
    }

    @Test func `gives its place to a new one without a failed call`() async throws {
        try await RunningHost.with { host in
            let id = try await host.shipping("table-rate-shipping")
            let old = try await host.status().pid

            let quoting = Task {
                var count = 0
                while !host.exits.contains(where: { $0.pid == old }) {
                    let offers = try await host.quotes(id)
                    #expect(!offers.isEmpty)
                    count += 1
                }
                return count
            }
            try host.start()
            while try await host.status().pid == old {
                try await Task.sleep(for: .milliseconds(20))
            }

            #expect(try await quoting.value > 0)
            #expect(host.exits.first { $0.pid == old }?.code == 0)
        }
    }

    @Test func `serves a new version of a module once another host has taken over`() async throws {
        let source = Self.plugins + "/Shipping/PostalParcels/"
        let (manifest, program) = ("postal-parcels.module.json", "postal_parcels.py")
        let frames = "guildhall_frames.py"
        let modules = [
            manifest: source + manifest, program: source + program,
            frames: Self.plugins + "/" + frames,
        ]
        try await RunningHost.with(modules: modules) { host in
            let id = try await host.shipping("postal-parcels")
            let old = try await host.status().pid
            #expect(try await host.quotes(id).map(\.label).contains("Standard parcel"))
            let quoting = Task {
                var quotes: [ShippingQuote] = []
                while !quotes.contains(where: { $0.label == "New parcel" }) {
                    quotes = try await host.quotes(id)
                    #expect(quotes.count == 2)
                }
            }
            func write(_ name: String, _ text: String) throws {
                let path = host.modulesFolder + "/" + name
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                chmod(path, 0o755)
            }
            func text(_ name: String) throws -> String {
                try String(contentsOfFile: source + name, encoding: .utf8)
            }
            try write(
                "newer.py", text(program).replacing("Standard parcel", with: "New parcel"))
            try write(
                manifest,
                text(manifest).replacing("postal_parcels.py", with: "newer.py")
                    .replacing(#""version": "1.0""#, with: #""version": "1.1""#))

            try host.start()

            try await quoting.value
            #expect(try await host.status().modules == ["postal-parcels 1.1"])
            while host.exits.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
            #expect(host.exits.first?.pid == old && host.exits.first?.code == 0)
        }
    }

    @Test func `ends with a module that traps, and nobody else's quote fails`() async throws {
        let products = Guildhall.productsFolder
        let modules = [
            "trapping.so": products + "/libTrappingModule.so",
            "table.so": products + "/libTableRateShipping.so",
        ]
        try await RunningHost.with(modules: modules) { host in
            let (sound, bad) = (
                try await host.shipping("table-rate-shipping"),
                try await host.shipping("trapping-module")
            )
            #expect(try await host.quotes(bad).count == 1)
            // It is asked three times: each ends a host.
            let quoting = Task {
                let end = ContinuousClock.now + .seconds(60)
                while host.exits.count < 3, ContinuousClock.now < end {
                    let quotes = try await host.quotes(sound)
                    #expect(!quotes.isEmpty)
                }
            }

            let error = await #expect(throws: ProviderError.self) {
                try await host.quotes(bad, grams: 666_666)
            }

            #expect(error?.isDefinite == true)
            try await quoting.value
            #expect(host.exits.count == 3)
            #expect(host.exits.allSatisfy { [SIGILL, SIGTRAP].contains($0.code) })
            #expect(try await host.quotes(bad).count == 1)
            #expect(try await !host.quotes(sound).isEmpty)
        }
    }

    @Test func `leaves a module alone that traps when it is loaded, and serves the others`()
        async throws
    {
        let products = Guildhall.productsFolder
        let modules = [
            "a-traps-when-loaded.so": products + "/libTrappingModule.so",
            "table.so": products + "/libTableRateShipping.so",
        ]
        try await RunningHost.with(modules: modules) { host in
            let status = try await host.status()
            #expect(status.modules == ["table-rate-shipping 1.0"])
            #expect(host.exits.count == 3)
            let modules = try await host.market.providerModules()
            #expect(modules.count == 1)
            let refused = host.market.refusedModules()
            #expect(refused.map(\.file) == ["a-traps-when-loaded.so"])
            #expect(refused.first?.reason.hasPrefix("It ended 3 processes") == true)
        }
    }

    @Test func `alone needs the key: to change it by hand goes past the host`() async throws {
        try await RunningHost.with { host in
            _ = try await host.status()

            let outcome = try await host.guildhall("key", "rotate")

            // Its key is in the environment here, where no command can change it.
            #expect(outcome.code == 1)
            #expect(outcome.said.contains("put a new one before it"))
        }
    }

    private static let plugins =
        URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path + "/Plugins"

    @Test func `tells its state on the command line`() async throws {
        try await RunningHost.with { host in
            let status = try await host.status()

            let outcome = try await host.guildhall("provide", "status")

            #expect(outcome.code == 0)
            #expect(outcome.output.contains("process \(status.pid)"))
            #expect(outcome.output.contains("table-rate-shipping 1.0"))
            #expect(outcome.output.contains("its memory is closed to everybody but root"))
            #expect(outcome.output.contains("modules in Swift are this process's own code"))
            let limits = try String(
                contentsOfFile: "/proc/\(status.pid)/limits", encoding: .utf8)
            let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
            #expect(core?.split(separator: " ").filter { $0 == "0" }.count == 2)
            // Nobody supervises it here.
            let restart = try await host.guildhall("provide", "restart")
            #expect(restart.code == 1)
            #expect(restart.said.contains("start another guildhall provide instead"))
        }
    }
}
