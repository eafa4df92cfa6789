import ProviderKit
import Vocabulary

/// One rule of the contract, and how it is tried.
struct ConformanceCase: Sendable {
    let group: String
    let name: String
    let run: @Sendable (Subject) async throws -> Void

    init(
        _ group: String, _ name: String, _ run: @escaping @Sendable (Subject) async throws -> Void
    ) {
        self.group = group
        self.name = name
        self.run = run
    }
}

/// A rule was broken: how, in a sentence.
struct Breach: Error {
    let sentence: String
    init(_ sentence: String) { self.sentence = sentence }
}

/// The case is about something that the module does not do.
struct DoesNotApply: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

/// - Throws: ``Breach`` unless `condition` holds.
func expect(_ condition: Bool, _ sentence: @autoclosure () -> String) throws {
    if !condition { throw Breach(sentence()) }
}

/// The value, or a ``DoesNotApply``.
func applicable<Value>(_ value: Value?, _ reason: String) throws -> Value {
    guard let value else { throw DoesNotApply(reason) }
    return value
}

/// A key that no other call has.
func freshKey() -> String { "key-" + hexadecimal(randomBytes(12)) }

/// How a call ended, in a few words.
func words<Value>(_ result: Result<Value, ProviderError>) -> String {
    switch result {
    case .success: "a success"
    case .failure(let error): "\(error)"
    }
}
