import Conformance
import ProviderHost
import ProviderKit
import Testing
import Vocabulary

/// Longer than a call of these cases has, and short enough for three of them in one case.
private func dawdle() async { _ = try? await Task.sleep(for: .seconds(4)) }

/// It thinks about itself each time, whatever the deadline says.
private enum AlwaysLate: Flaw {
    static let caught = ["deadlines: check"]
    static let library = "TableRateShipping"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        await dawdle()
        return try await sound.ask(question, context)
    }
}

/// The first two times it comes late, as anybody does on a machine that stumbles.
private enum LateTwice: Flaw {
    static let caught: [String] = []
    static let library = "TableRateShipping"

    static func ask(
        _ question: ProviderQuestion, _ context: OperationContext, _ sound: Sound
    ) async throws(ProviderError) -> ProviderReply {
        for time in ["first", "second"] where !sound.remembers(time) {
            sound.remember(time)
            await dawdle()
            break
        }
        return try await sound.ask(question, context)
    }
}

@Suite struct `A case about deadlines` {
    private func outcome(_ flaw: any Flaw.Type) async throws -> ConformanceOutcome {
        let suite = ConformanceSuite(flaw.export, counterpart: flaw.counterpartExport)
        let report = await suite.run(matching: { $0.hasPrefix("deadlines: check") })
        return try #require(report.cases.first)
    }

    @Test func `forgives a machine that stumbles, and tries again`() async throws {
        let outcome = try await outcome(LateTwice.self)

        #expect(outcome.result == .passed, "\(outcome.detail)")
    }

    @Test func `fails a module that comes late three times, and says so`() async throws {
        let outcome = try await outcome(AlwaysLate.self)

        #expect(outcome.result == .failed)
        #expect(outcome.detail.hasSuffix("late 3 times of 3"), "\(outcome.detail)")
    }
}
