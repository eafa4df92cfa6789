import ProviderKit
import Testing

@testable import ProviderHost

@Suite struct `Lines without secrets` {
    private static let key = "sk_live_51H8longer"
    private static let discretion = Discretion(
        InstanceSettings(instanceID: "test", secrets: ["key": Secret(key)]))

    /// What becomes of pieces that come one after the other.
    private func lines(of pieces: [some Sequence<UInt8>]) -> [String] {
        var lines = DiscreetLines()
        var found = pieces.flatMap { lines.take($0, Self.discretion) }
        found += lines.end(Self.discretion)
        return found.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `are the same in whatever pieces they come`() {
        let text = Array("No such key: \(Self.key)!\n\n\(Self.key)\(Self.key)\nnor this".utf8)
        let wanted = ["No such key: (secret)!", "(secret)(secret)", "nor this"]

        for cut in text.indices {
            #expect(lines(of: [text[..<cut], text[cut...]]) == wanted, "\(cut)")
        }
        #expect(lines(of: text.map { [$0] }) == wanted)
    }

    @Test func `are broken where they have no end, and no secret with them`() {
        let most = DiscreetLines.bytesMax
        for before in [0, 1, 100] + Array(most - Self.key.utf8.count - 2...most + 2) {
            let text = String(repeating: "a", count: before) + Self.key
            let whole = text + String(repeating: "b", count: most - 50)

            for ending in ["", "\n"] {
                let found = lines(of: [(whole + ending).utf8])

                #expect(found.joined() == whole.replacing(Self.key, with: "(secret)"), "\(before)")
                #expect(found.allSatisfy { $0.utf8.count <= most }, "\(before)")
            }
        }
    }

    @Test func `are never more in memory than one and a secret`() {
        var lines = DiscreetLines()
        var count = 0
        for _ in 0..<100 {
            let piece = repeatElement(UInt8(ascii: "x"), count: 1000)
            count += lines.take(piece, Self.discretion).joined().count
        }

        #expect(100_000 - count <= DiscreetLines.bytesMax + Self.key.utf8.count)
    }

    @Test func `are broken between characters`() {
        for before in 0..<4 {
            let text =
                String(repeating: "a", count: before)
                + String(repeating: "🏺", count: DiscreetLines.bytesMax / 2)

            let found = lines(of: [text.utf8])

            #expect(found.count > 1 && found.joined() == text)
        }
    }
}
