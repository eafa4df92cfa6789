import Conformance
import Synchronization
import Testing

/// A module that ends the process: the next one goes on with the case after, and has heard nothing.
@Suite struct `A conformance run in several processes` {
    private func lines(_ progress: [ConformanceProgress]) -> String {
        progress.map(\.line).joined(separator: "\n")
    }

    @Test func `forgets nothing that the first of them heard`() async throws {
        let flaw = Talkative.self
        let suite = ConformanceSuite(flaw.export, counterpart: flaw.counterpartExport)
        let titles = suite.names.map { ConformanceProgress.Title(group: $0.group, name: $0.name) }
        let check = try #require(titles.firstIndex { $0.name.hasPrefix("its check") })
        let secrets = try #require(titles.firstIndex { $0.group == "secrets" })
        let found = Mutex<[ConformanceFindings]>([])
        let wanted = titles[check].name
        _ = await suite.run(
            matching: { $0.hasSuffix(wanted) }, heard: { one in found.withLock { $0.append(one) } })
        let heard = found.withLock { $0 }
        #expect(heard == [ConformanceFindings(leaks: ["the log"])], "once, and at once")

        var record = ConformanceRecord()
        let start = ConformanceProgress.module(descriptor: flaw.export.descriptor, cases: titles)
        let passed = titles.map {
            ConformanceOutcome(group: $0.group, name: $0.name, result: .passed)
        }
        func ended(_ index: Int) -> ConformanceProgress {
            .ended(index: index, outcome: passed[index])
        }
        var first = [start] + (0..<check).map(ended)
        first.append(.began(index: check))
        for one in heard { first.append(.heard(findings: one)) }
        record.read(lines(first))
        let died = record.died("the module trapped: signal 4")
        #expect(died)
        record.read(lines([start] + (record.next..<titles.count).map(ended)))

        let report = try #require(record.report)
        let failed = report.cases.filter { $0.result == .failed }
        #expect(failed.map(\.name) == [titles[check].name, titles[secrets].name])
        #expect(failed.last?.detail == "a secret was in the log")
    }

    @Test func `says of one that heard nothing that it passes`() throws {
        let flaw = Talkative.self
        let title = ConformanceProgress.Title(group: "secrets", name: "none")
        let outcome = ConformanceOutcome(group: "secrets", name: "none", result: .passed)

        var record = ConformanceRecord()
        record.read(
            lines([
                .module(descriptor: flaw.export.descriptor, cases: [title]),
                .ended(index: 0, outcome: outcome),
            ]))

        #expect(record.report?.passes == true)
    }
}
