import Foundation
import ProviderHost
import Testing

@Suite struct `The memory of code` {
    private func inMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
        return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }

    @Test func `is given back when it has run`() throws {
        let before = try inMemory()

        try ProcessMemory.releaseCode()
        let after = try inMemory()

        #expect(after < before)
    }
}
