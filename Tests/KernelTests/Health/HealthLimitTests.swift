import Testing
import Vocabulary

@testable import Kernel

/// Facts without a database, and what is said of them.
@Suite struct `What was measured of the market` {
    private func finding(
        _ name: String, _ change: (inout HealthFacts) -> Void
    ) -> HealthFinding? {
        var facts = HealthFacts()
        change(&facts)
        return facts.findings.first { $0.name == name }
    }

    private func process(
        _ name: String, silent: Int64 = 0, took: Int64 = 1, holding: [ID<ProviderInstance>] = []
    ) -> ProcessBeat {
        var vitals = ProcessVitals()
        vitals.tookMilliseconds = took
        vitals.heldBack = holding
        let now = Instant.systemNow
        return ProcessBeat(
            process: ProcessIdentity(
                machine: "here", name: name, pid: 1, startedAt: now, build: "m0001"),
            firstSeenAt: now, seenAt: now, silentSeconds: silent, livedSeconds: 60,
            stoppedAt: nil, vitals: vitals)
    }

    @Test(
        arguments: [
            (0, 0, 0, .good), (100, 5, 100, .good), (100, 6, 100, .warning),
            (100, 50, 100, .warning), (100, 51, 100, .bad), (10, 0, 50_009, .good),
            (10, 0, 50_010, .warning),
        ] as [(Int64, Int64, Int64, HealthFinding.State)])
    func `of a provider is bad when most calls fail, and odd when some do or all are slow`(
        _ calls: Int64, _ failures: Int64, _ took: Int64, _ state: HealthFinding.State
    ) {
        let found = finding("Bank") {
            $0.providers = [
                HealthFacts.ProviderCalls(
                    id: ID(), name: "Bank", calls: calls, failures: failures,
                    tookMilliseconds: took)
            ]
        }
        #expect(found?.state == state)
    }

    @Test func `of a provider counts only what living processes say of it`() {
        let bank = ID<ProviderInstance>()
        func state(silent: Int64) -> HealthFinding.State? {
            finding("Bank") {
                $0.providers = [
                    HealthFacts.ProviderCalls(
                        id: bank, name: "Bank", calls: 0, failures: 0, tookMilliseconds: 0)
                ]
                $0.processes = [process("worker", silent: silent, holding: [bank])]
            }?.state
        }
        #expect(state(silent: 15) == .bad)
        #expect(state(silent: 16) == .good)
    }

    @Test func `of processes misses none that one for all apps stands for, but the worker`() {
        func bad(_ names: String...) -> [String] {
            var facts = HealthFacts()
            facts.processes = names.map { process($0) }
            return facts.findings.filter { $0.area == .processes && $0.state == .bad }
                .map(\.name)
        }
        #expect(bad("all", "worker").isEmpty)
        #expect(bad("all") == ["worker"])
        #expect(bad("worker") == ["storefront", "seller", "admin"])
    }

    @Test(
        arguments: [(250, .good), (251, .warning), (2001, .bad)]
            as [(Int64, HealthFinding.State)])
    func `of a process is odd when its way to the database is slow`(
        _ took: Int64, _ state: HealthFinding.State
    ) {
        let found = finding("worker on here") { $0.processes = [process("worker", took: took)] }
        #expect(found?.state == state)
    }

    @Test(
        arguments: [(80, .good), (81, .warning), (95, .warning), (96, .bad)]
            as [(Int64, HealthFinding.State)])
    func `of the database's sessions warns before there are none left`(
        _ open: Int64, _ state: HealthFinding.State
    ) {
        #expect(finding("Sessions") { $0.sessions = (open: open, max: 100) }?.state == state)
    }

    @Test func `of the books is bad from the first difference on, and odd when it is old`() {
        func ledger(_ differences: Int, _ age: Int64) -> HealthFinding.State? {
            finding("Ledger") { $0.verification = (differences: differences, ageSeconds: age) }?
                .state
        }
        #expect(ledger(0, 3600) == .good)
        #expect(ledger(1, 0) == .bad)
        #expect(ledger(0, 3601) == .warning)
        #expect(ledger(0, 21_601) == .bad)
    }

    @Test func `of the seals is odd when new rows have none, and bad when one is broken`() {
        func seals(_ unsealed: Int64?, _ faults: Int = 0) -> HealthFinding.State? {
            finding("The trail's seals") {
                $0.seals = [(chain: .audit, unsealedSeconds: unsealed, faults: faults)]
            }?.state
        }
        #expect(seals(nil) == .good)
        #expect(seals(60) == .good)
        #expect(seals(61) == .warning)
        #expect(seals(901) == .bad)
        #expect(seals(nil, 1) == .bad)
    }
}
