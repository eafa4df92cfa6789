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
    static let shipped = plugins + "/Shipping/PostalParcels"
    static let cards = plugins + "/Payments/SandboxCards"

    let path =
        FileManager.default.temporaryDirectory.path + "/program-" + hexadecimal(randomBytes(6))
    let program: String

    /// A copy of the parcels, or of the cards.
    init(ofCards isOfCards: Bool = false) throws {
        let source = isOfCards ? Self.cards : Self.shipped
        program = path + (isOfCards ? "/sandbox_cards.py" : "/postal_parcels.py")
        try FileManager.default.copyItem(atPath: source, toPath: path)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Puts other words into the program.
    func replace(_ words: String, with others: String) throws {
        let text = try String(contentsOfFile: program, encoding: .utf8)
        #expect(text.contains(words))
        try text.replacing(words, with: others)
            .write(toFile: program, atomically: false, encoding: .utf8)
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
