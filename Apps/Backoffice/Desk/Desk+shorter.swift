import Web

// The same without a path's or a query's values.
extension Desk {
    func page(
        _ pattern: String, _ duty: Duty,
        _ show:
            @escaping @Sendable (PageCall<Nothing, Nothing, Nothing>, Administrator)
            async throws -> DeskPage
    ) {
        page(pattern, duty, path: Nothing.self, query: Nothing.self, show)
    }

    func page<Path: Described>(
        _ pattern: String, _ duty: Duty, path: Path.Type,
        _ show:
            @escaping @Sendable (PageCall<Path, Nothing, Nothing>, Administrator)
            async throws -> DeskPage
    ) {
        page(pattern, duty, path: path, query: Nothing.self, show)
    }

    func page<Query: Described>(
        _ pattern: String, _ duty: Duty, query: Query.Type,
        _ show:
            @escaping @Sendable (PageCall<Nothing, Query, Nothing>, Administrator)
            async throws -> DeskPage
    ) {
        page(pattern, duty, path: Nothing.self, query: query, show)
    }

    func read<Answer: Codable & Sendable>(
        _ path: String, _ summary: String, tag: String, _ duty: Duty,
        _ answer:
            @escaping @Sendable (Call<Nothing, Nothing, Nothing>, Administrator)
            async throws -> Answer
    ) {
        read(path, summary, tag: tag, duty, path: Nothing.self, query: Nothing.self, answer)
    }

    func read<Path: Described, Answer: Codable & Sendable>(
        _ path: String, _ summary: String, tag: String, _ duty: Duty, path type: Path.Type,
        _ answer:
            @escaping @Sendable (Call<Path, Nothing, Nothing>, Administrator)
            async throws -> Answer
    ) {
        read(path, summary, tag: tag, duty, path: type, query: Nothing.self, answer)
    }

    func read<Query: Described, Answer: Codable & Sendable>(
        _ path: String, _ summary: String, tag: String, _ duty: Duty, query: Query.Type,
        _ answer:
            @escaping @Sendable (Call<Nothing, Query, Nothing>, Administrator)
            async throws -> Answer
    ) {
        read(path, summary, tag: tag, duty, path: Nothing.self, query: query, answer)
    }
}
