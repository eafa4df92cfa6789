import Foundation
import Glibc
import ProviderKit
import Testing

@testable import ProviderHost

/// A module in Python in a folder of its own, so that no other test's programs die.
struct ProgramFolder {
    private static let plugins =
        URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/Plugins"
    private static let frames = plugins + "/guildhall_frames.py"
    static let shipped = plugins + "/Shipping/PostalParcels"
    /// Of the tests: sellers' accounts and payouts to their banks, at Stripe.
    static let accounts = plugins + "/../Tests/Fixtures/StripeAccounts"
    static let cards = plugins + "/Payments/SandboxCards"

    let path =
        FileManager.default.temporaryDirectory.path + "/program-" + hexadecimal(randomBytes(6))
    let program: String

    /// A copy of the parcels, or of the cards.
    init(ofCards isOfCards: Bool = false) throws {
        let source = isOfCards ? Self.cards : Self.shipped
        program = path + (isOfCards ? "/sandbox_cards.py" : "/postal_parcels.py")
        try FileManager.default.copyItem(atPath: source, toPath: path)
        // There it is a link to what all programs share.
        try FileManager.default.removeItem(atPath: path + "/guildhall_frames.py")
        try FileManager.default.copyItem(atPath: Self.frames, toPath: path + "/guildhall_frames.py")
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Puts other words into the program, or into the frames that it speaks.
    func replace(_ words: String, with others: String) throws {
        var isThere = false
        for file in [program, path + "/guildhall_frames.py"] {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            guard text.contains(words) else { continue }
            isThere = true
            try text.replacing(words, with: others)
                .write(toFile: file, atomically: false, encoding: .utf8)
        }
        #expect(isThere, "\(words)")
    }

    /// Has the manifest and the program's hello say that they are of another contract.
    func speak(_ contract: Int64) throws {
        let manifests = try FileManager.default.contentsOfDirectory(atPath: path)
            .filter { $0.hasSuffix(ModuleManifest.suffix) }.map { path + "/" + $0 }
        for file in manifests + [program] {
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let said = "\"contract\": \(providerContractVersion)"
            #expect(text.contains(said), "\(file)")
            try text.replacing(said, with: "\"contract\": \(contract)")
                .write(toFile: file, atomically: false, encoding: .utf8)
        }
    }

    /// Puts another program in its place.
    func write(_ text: String) throws {
        try text.write(toFile: program, atomically: false, encoding: .utf8)
    }

    /// The processes that run it.
    var running: [pid_t] {
        var found: [pid_t] = []
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let pid = pid_t(name),
                let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline"),
                String(decoding: words, as: UTF8.self).contains(program)
            else { continue }
            found.append(pid)
        }
        return found
    }

    /// Waits until nobody runs it any more, for at most ten seconds.
    func isStill() async throws -> Bool {
        for _ in 0..<200 where !running.isEmpty { try await Task.sleep(for: .milliseconds(50)) }
        return running.isEmpty
    }
}
