import Foundation

/// Metrics in Prometheus' text format, read as strictly as its documentation says it
/// (https://prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4).
struct Exposition {
    struct Sample {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    struct Fault: Error, CustomStringConvertible { let description: String }

    private(set) var types: [String: String] = [:]
    private(set) var samples: [Sample] = []

    init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else {
            throw Fault(description: "the last line does not end")
        }
        var finished: Set<String> = []
        var current = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                guard words.count == 4, types[String(words[2])] == nil else {
                    throw Fault(description: "\(line)")
                }
                types[String(words[2])] = String(words[3])
                continue
            }
            if line.hasPrefix("#") { continue }
            let sample = try Self.sample(line)
            let family = family(of: sample.name)
            // All lines of one metric have to be one group.
            if family != current {
                guard finished.insert(family).inserted else {
                    throw Fault(description: "\(family) comes in several groups")
                }
                current = family
            }
            guard types[family] != nil else { throw Fault(description: "\(family) has no type") }
            samples.append(sample)
        }
        let series = samples.map { "\($0.name) \($0.labels.sorted { $0.key < $1.key })" }
        guard Set(series).count == series.count else {
            throw Fault(description: "a series is there twice")
        }
    }

    private func family(of name: String) -> String {
        for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
            let family = String(name.dropLast(suffix.count))
            if types[family] == "histogram" { return family }
        }
        return name
    }

    /// `name{label="value",…} 1.5`
    private static func sample(_ line: Substring) throws -> Sample {
        let fault = Fault(description: "\(line)")
        let name = line.prefix {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":")
        }
        guard let first = name.first, !first.isNumber else { throw fault }
        var rest = line[name.endIndex...]
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest = rest.dropFirst()
            while rest.first != "}" {
                let label = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                rest = rest[label.endIndex...]
                guard !label.isEmpty, rest.hasPrefix("=\"") else { throw fault }
                rest = rest.dropFirst(2)
                var value = ""
                while let character = rest.popFirst(), character != "\"" {
                    guard character == "\\" else {
                        value.append(character)
                        continue
                    }
                    switch rest.popFirst() {
                    case "n": value.append("\n")
                    case "\\": value.append("\\")
                    case "\"": value.append("\"")
                    default: throw fault
                    }
                }
                guard labels.updateValue(value, forKey: String(label)) == nil else { throw fault }
                if rest.first == "," { rest = rest.dropFirst() }
                guard !rest.isEmpty else { throw fault }
            }
            rest = rest.dropFirst()
        }
        guard rest.first == " ", let value = Double(rest.dropFirst()) else { throw fault }
        return Sample(name: String(name), labels: labels, value: value)
    }
}
