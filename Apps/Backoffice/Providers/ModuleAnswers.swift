import Conformance
import Kernel
import ProviderKit
import Vocabulary

/// What a conformance run found, in numbers.
struct ConformanceSum: Codable {
    let passed: Int
    let failed: Int
    let skipped: Int
    /// Nil when it is the answer to a run just now.
    let ranAt: Instant?

    init(_ report: ConformanceReport, ranAt: Instant?) {
        passed = report.count(.passed)
        failed = report.count(.failed)
        skipped = report.count(.skipped)
        self.ranAt = ranAt
    }
}

/// What a conformance run found, case by case.
struct ConformanceAnswer: Codable {
    struct Case: Codable {
        let group: String
        let name: String
        /// `passed`, `failed` or `skipped`: the module does not do what the case is about.
        let result: String
        let detail: String
        let milliseconds: Int64
    }

    let module: String
    let version: String
    let contract: Int64
    let sum: ConformanceSum
    /// Whether it was tried without a network; false where the machine permits no network
    /// namespaces, so that it could have opened connections of its own; nil for older runs.
    let wasWalledOff: Bool?
    let cases: [Case]

    init(_ report: ConformanceReport, ranAt: Instant?) {
        module = report.module
        version = report.version
        contract = report.contract
        sum = ConformanceSum(report, ranAt: ranAt)
        wasWalledOff = report.wasWalledOff
        cases = report.cases.map {
            Case(
                group: $0.group, name: $0.name, result: $0.result.rawValue, detail: $0.detail,
                milliseconds: $0.milliseconds)
        }
    }
}

/// A module in all the versions that were found, oldest first.
struct ModuleFileAnswer: Codable {
    struct Version: Codable {
        let module: ModuleAnswer
        let conformance: ConformanceAnswer?
    }
    let versions: [Version]
}
