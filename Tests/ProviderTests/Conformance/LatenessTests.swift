import ProviderHost
import ProviderKit
import Testing
import Vocabulary

@testable import Conformance

/// The first two times it comes late, as anybody does on a machine that stumbles.
private enum LateTwice: Flaw {
    static let caught: [String] = []
    static let library = "TableRateShipping"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        for time in ["first", "second"] where !sound.remembers(time) {
            sound.remember(time)
            // Longer than a machine that is not busy is allowed.
            _ = try? await Task.sleep(for: .milliseconds(2500))
            break
        }
        return try await sound.ask(question, context)
    }
}

@Suite struct `A case about deadlines` {
    @Test func `forgives a machine that stumbles, and tries again`() async throws {
        let flaw = LateTwice.self
        let suite = ConformanceSuite(flaw.export, counterpart: flaw.counterpartExport)

        let report = await suite.run(matching: { $0.hasPrefix("deadlines: check") })

        let outcome = try #require(report.cases.first)
        #expect(outcome.result == .passed, "\(outcome.detail)")
    }

    @Test func `fails a module that comes late three times, or very late once`() {
        let late = Duration.seconds(2)

        #expect(DeadlineCases.breach([late])?.sentence == nil)
        #expect(DeadlineCases.breach([late, late])?.sentence == nil)
        #expect(
            DeadlineCases.breach([late, late, late])?.sentence
                == "it took 2.0 seconds, 2.0 seconds, 2.0 seconds of 0.15 seconds, "
                + "late 3 times of 3")
        #expect(
            DeadlineCases.breach([.seconds(12)])?.sentence
                == "it took 12.0 seconds of 0.15 seconds")
    }
}
