import Glibc
import Logging
import Vocabulary

/// Writes each log event as one line of JSON to standard error.
struct JSONLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()
    var metadataProvider: Logger.MetadataProvider?
    /// Which program of ours speaks: `storefront`, `worker`, …
    let process: String
    let label: String

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = #"{"at":""# + Instant.systemNow.description + #"","level":""#
        line += event.level.rawValue + #"","process":""# + process + #"","from":"#
        JSONText.append(label, to: &line)
        line += #","message":"#
        JSONText.append(event.message.description, to: &line)
        if let error = event.error {
            line += #","error":"#
            JSONText.append(String(describing: error), to: &line)
        }
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { _, new in new } }
        if let given = event.metadata { fields.merge(given) { _, new in new } }
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            line += ","
            JSONText.append(key, to: &line)
            line += ":"
            JSONText.append(value, to: &line)
        }
        LogOutput.write(line + "}\n")
    }
}

/// Writes each log event as one line for a person.
struct TextLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()
    var metadataProvider: Logger.MetadataProvider?
    let label: String

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        if let given = event.metadata { fields.merge(given) { _, new in new } }
        var line = Instant.systemNow.description.prefix(19).dropFirst(11) + " "
        line += "\(event.level) \(event.message)"
        if let error = event.error { line += " error=\(error)" }
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
        LogOutput.write(line.filter { $0 != "\n" } + "\n")
    }
}

private enum LogOutput {
    /// One write per line, so that lines of several threads do not mix.
    static func write(_ line: some StringProtocol) {
        var line = String(line)
        line.withUTF8 { bytes in
            _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }
}

/// The little of JSON's writing that a log line needs.
enum JSONText {
    static func append(_ text: String, to line: inout String) {
        line += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                line += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: line.unicodeScalars.append(scalar)
            }
        }
        line += "\""
    }

    static func append(_ value: Logger.Metadata.Value, to line: inout String) {
        switch value {
        case .string(let text): append(text, to: &line)
        case .stringConvertible(let value): append(value.description, to: &line)
        case .array(let values):
            line += "["
            for (index, value) in values.enumerated() {
                if index > 0 { line += "," }
                append(value, to: &line)
            }
            line += "]"
        case .dictionary(let fields):
            line += "{"
            for (index, field) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { line += "," }
                append(field.key, to: &line)
                line += ":"
                append(field.value, to: &line)
            }
            line += "}"
        @unknown default: append("\(value)", to: &line)
        }
    }
}
