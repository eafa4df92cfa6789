import Postgres
import Vocabulary

/// Runs `statement`; a violation of the constraint named `constraint` becomes `refusal`.
func refusing<Value>(
    _ constraint: String, as refusal: some Refusal, _ statement: () async throws -> Value
) async throws -> Value {
    do {
        return try await statement()
    } catch let error as PostgresError where error.constraint == constraint {
        throw refusal
    }
}
