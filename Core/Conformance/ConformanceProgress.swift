import Foundation
public import ProviderKit

/// What a run in a process of its own writes, a line of JSON each, so that whoever reads knows at
/// which case the process ended when it did not end well.
public enum ConformanceProgress: Codable, Sendable {
    case module(descriptor: ModuleDescriptor, cases: [Title])
    case began(index: Int)
    case heard(findings: ConformanceFindings)
    case ended(index: Int, outcome: ConformanceOutcome)

    public struct Title: Codable, Sendable {
        public var group: String
        public var name: String

        public init(group: String, name: String) {
            self.group = group
            self.name = name
        }
    }

    public var line: String {
        // Its own values can always be written.
        (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// What is known of a run from the lines that it wrote.
public struct ConformanceRecord: Sendable {
    public private(set) var descriptor: ModuleDescriptor?
    public private(set) var outcomes: [ConformanceOutcome] = []
    /// Of the report, as whoever starts the processes knows it.
    public var wasWalledOff: Bool?
    private var titles: [ConformanceProgress.Title] = []
    private var current: Int?
    /// Of all its processes: the one that judges them has not heard what one before it did.
    private var findings = ConformanceFindings()

    public init() {}

    /// Whether every case has an outcome.
    public var isWhole: Bool { descriptor != nil && outcomes.count == titles.count }

    /// Where the next process goes on.
    public var next: Int { outcomes.count }

    public mutating func read(_ lines: String) {
        for line in lines.split(separator: "\n") {
            let data = Data(line.utf8)
            // A module may print what it likes between the lines.
            guard let progress = try? JSONDecoder().decode(ConformanceProgress.self, from: data)
            else { continue }
            switch progress {
            case .module(let descriptor, let cases):
                self.descriptor = descriptor
                titles = cases
            case .began(let index): current = index
            case .heard(let found): _ = findings.add(found)
            case .ended(let index, let outcome) where index == outcomes.count:
                outcomes.append(judged(outcome))
                current = nil
            case .ended: continue
            }
        }
    }

    /// What a process that ended had heard breaks the rule too.
    private func judged(_ outcome: ConformanceOutcome) -> ConformanceOutcome {
        guard let breach = findings.breach(of: outcome.group) else { return outcome }
        var judged = outcome
        (judged.result, judged.detail) = (.failed, breach)
        return judged
    }

    /// The process ended in the middle of a case, or before one: that one failed.
    /// - Returns: whether there was one.
    public mutating func died(_ how: String) -> Bool {
        let index = current ?? outcomes.count
        current = nil
        guard index == outcomes.count, index < titles.count else { return false }
        outcomes.append(
            ConformanceOutcome(
                group: titles[index].group, name: titles[index].name, result: .failed,
                detail: how))
        return true
    }

    public var report: ConformanceReport? {
        descriptor.map {
            var report = ConformanceReport($0, cases: outcomes)
            report.wasWalledOff = wasWalledOff
            return report
        }
    }
}
