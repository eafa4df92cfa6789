import Foundation
import ProviderKit
import Testing
import Vocabulary

@testable import ProviderHost

@Suite struct `The catalogue of modules` {
    @Test func `loads the modules that SwiftPM built`() throws {
        let keys = catalog.modules.map(\.descriptor.key)

        #expect(
            keys == [
                "bank-file-payouts", "bank-transfer", "cash-on-delivery", "rate-table-tax",
                "sandbox-payments", "sandbox-wallet", "solana-pay", "stripe",
                "table-rate-shipping", "trapping-module",
            ])
        #expect(catalog.module("sandbox-payments")?.descriptor.kind == .payment)
    }

    @Test func `casts, calls and catches across the boundary`() async throws {
        let module = try #require(catalog.module("table-rate-shipping"))
        let settings = InstanceSettings(instanceID: "test")
        let services = ProviderServices(http: HostTransport(client: client, hosts: []))

        let provider = try module.make(settings, services)
        #expect(provider is any ShippingProvider)
        #expect(!(provider is any PaymentProvider))
        #expect(try await provider.check(context()) == [])

        var broken = settings
        broken.values["table"] = "{\"zones\": []}"
        let error = #expect(throws: ProviderError.self) { try module.make(broken, services) }
        #expect(error == .misconfigured(message: "Line 1: a table needs at least one zone"))
    }

    @Test func `refuses a module of another contract version`() {
        let refused = catalog.refused.first { $0.file.contains("OutdatedModule") }

        let ours = providerContractVersion
        #expect(
            refused?.reason
                == "It speaks contract version 999, this Guildhall speaks \(ours).")
    }

    @Test func `finds new files, refuses doubles and other libraries`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "modules-\(hexadecimal(randomBytes(8)))").path()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func add(_ name: String, as other: String) throws {
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/" + other, withDestinationPath: productsFolder + "/" + name)
        }
        let own = ModuleCatalog(folder: folder)
        #expect(own.modules.isEmpty)

        try add("libRateTableTax.so", as: "a.so")
        try add("libTableRateShipping.so", as: "b.so")
        try add("libRateTableTax.so", as: "c.so")
        try Data("no library".utf8).write(to: URL(filePath: folder + "/d.so"))
        own.rescan()

        #expect(own.modules.count == 2)
        #expect(own.refused.map(\.file) == ["c.so", "d.so"])
        #expect(own.refused[0].reason == "There is a module rate-table-tax 1.0 already.")
        #expect(own.refused[1].reason.hasPrefix("It cannot be loaded: "))
    }

    @Test func `leaves a file alone that ended several processes, until it changes`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "modules-\(hexadecimal(randomBytes(8)))").path()
        let notes = folder + "/loading"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["libRateTableTax.so", "libTableRateShipping.so"] {
            try FileManager.default.copyItem(
                atPath: productsFolder + "/" + name, toPath: folder + "/" + name)
        }
        let bad = folder + "/libRateTableTax.so"
        // What a process leaves that does not come back from loading it.
        for _ in 0..<LoadingNotes.endsMax {
            try LoadingNotes(path: notes).loading(bad) { () throws(ModuleFile.Problem) in
                try FileManager.default.copy(notes, to: notes + ".kept")
            }
            try FileManager.default.copy(notes + ".kept", to: notes)
        }

        let next = ModuleCatalog(folder: folder, notes: notes)
        #expect(next.modules.map(\.descriptor.key) == ["table-rate-shipping"])
        #expect(next.refused.map(\.file) == ["libRateTableTax.so"])
        #expect(next.refused.first?.reason.hasPrefix("It ended 3 processes") ?? false)

        try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: bad)
        #expect(ModuleCatalog(folder: folder, notes: notes).modules.count == 2)
        #expect(!FileManager.default.fileExists(atPath: notes))
    }

    /// The module hangs as long as a file lies beside it, and notes each time it is loaded.
    @Test func `is read while it loads a module that hangs, and loads it once`() async throws {
        let files = FileManager.default
        let folder = files.temporaryDirectory
            .appending(path: "modules-\(hexadecimal(randomBytes(8)))").path()
        let file = folder + "/hangs-when-loaded.so"
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? files.removeItem(atPath: folder) }
        try files.copyItem(
            atPath: productsFolder + "/libTableRateShipping.so", toPath: folder + "/a.so")
        let own = ModuleCatalog(folder: folder)
        try files.copyItem(atPath: productsFolder + "/libTrappingModule.so", toPath: file)
        try Data().write(to: URL(filePath: file + ".hold"))

        let first = Task(executorPreference: ModuleThreads.shared) { own.rescan() }
        await eventually { files.fileExists(atPath: file + ".loads") }
        let hanging = own.refused
        #expect(files.fileExists(atPath: file + ".hold"), "nobody waited for the module")
        #expect(hanging.map(\.file) == ["hangs-when-loaded.so"])
        #expect(hanging.first?.reason == "It is still being loaded.")
        #expect(own.modules.map(\.descriptor.key) == ["table-rate-shipping"])
        // Another look waits for a while, and goes without.
        await Task(executorPreference: ModuleThreads.shared) { own.rescan() }.value
        #expect(own.modules.count == 1 && own.refused == hanging)

        try files.removeItem(atPath: file + ".hold")
        await first.value
        own.rescan()

        #expect(own.modules.map(\.descriptor.key) == ["table-rate-shipping", "trapping-module"])
        #expect(own.refused.isEmpty)
        #expect(try Data(contentsOf: URL(filePath: file + ".loads")).count == 1)
    }

    /// Of another major number, what an instance was set up with may mean something else.
    @Test func `has the version that was wanted, or the newest of its major number`() {
        let modules = ["1.0", "1.2", "1.10", "2.0"].map { version in
            ModuleExport(
                ModuleDescriptor(kind: .shipping, key: "post", name: "Post", version: version)
            ) { (_, _) throws(ProviderError) -> any Provider in
                throw .unsupported(operation: "all of it")
            }
        }
        let own = ModuleCatalog(folder: nil, builtIn: modules)
        func serving(_ version: String?) -> String? {
            own.module("post", version: version)?.descriptor.version
        }

        #expect(serving("1.2") == "1.2")
        #expect(serving("1.1") == "1.10")
        #expect(serving("2.7") == "2.0")
        #expect(serving("3.0") == nil)
        #expect(serving(nil) == "2.0")
    }

    @Test func `says when its folder is not there`() {
        let own = ModuleCatalog(folder: "/nowhere")

        #expect(own.refused == [.init(file: "/nowhere", reason: "The folder cannot be read.")])
    }
}

extension FileManager {
    fileprivate func copy(_ from: String, to: String) throws(ModuleFile.Problem) {
        do {
            try Data(contentsOf: URL(filePath: from)).write(to: URL(filePath: to))
        } catch {
            throw ModuleFile.Problem(description: "\(error)")
        }
    }
}
