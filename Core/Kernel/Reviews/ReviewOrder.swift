import Postgres
import Vocabulary

/// Which reviews of a thing somebody wants to read, and which of them first.
public enum ReviewOrder: String, Sendable, CaseIterable {
    case newest
    /// Those with the most stars; of as many stars the newest.
    case highest
    /// Those with the fewest stars; of as many stars the newest.
    case lowest
    /// Those with photos alone, the newest first.
    case pictured
}

/// Where the next page of reviews by stars starts: `stars:id`.
struct StarsCursor: CustomStringConvertible {
    let stars: Int
    let id: ID<Review>

    init(_ review: Review) {
        stars = review.stars
        id = review.id
    }

    /// Nil when there is no cursor.
    /// - Throws: ``InputRefusal`` for text that no page gave out.
    init?(_ text: String?) throws(InputRefusal) {
        guard let text else { return nil }
        let parts = text.split(separator: ":")
        guard parts.count == 2, let stars = Int(parts[0]), let id = ID<Review>(parts[1]) else {
            throw InputRefusal(.wrong("This is not a page of this list."), field: "after")
        }
        self.stars = stars
        self.id = id
    }

    var description: String { "\(stars):\(id)" }
}
