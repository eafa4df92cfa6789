import Kernel
import Vocabulary
import Web

/// What somebody may mean who has begun to type; asked by our own script, and by any program.
struct SuggestionAPI {
    struct TypedQuery: Described {
        let text: String
        static let rules: [String: [Rule]] = [
            "text": [.length(0...200), .about("What has been typed so far.")]
        ]
    }
    struct SuggestionAnswer: Codable, Sendable {
        enum Kind: String, Codable, CaseIterable { case category, maker, thing }
        let kind: Kind
        let label: String
        /// The page of it in the shop.
        let path: String

        init(_ suggestion: Suggestion) {
            switch suggestion {
            case .thing(let id, let title):
                (kind, label, path) = (.thing, title, Links.listing(id))
            case .category(let slug, let name):
                (kind, label, path) = (.category, name, Links.category(slug))
            case .maker(let slug, let name):
                (kind, label, path) = (.maker, name, Links.seller(slug))
            }
        }
    }

    func mount(on api: API) {
        api.get("/suggestions", "What a text may mean, while it is typed", tag: "Things")
            .about(
                """
                Ten at most. Nothing for less than two letters; typing errors are forgiven. \
                Categories are named in the language of `Accept-Language`.
                """
            )
            .query(TypedQuery.self)
            .handle(as: Visitor.self) { call, _ in
                Listed(
                    items: try await call.marketplace.suggestions(
                        for: call.query.text, in: call.request.spokenLanguage ?? .english
                    ).map { SuggestionAnswer($0) }, next: nil)
            }
    }
}
