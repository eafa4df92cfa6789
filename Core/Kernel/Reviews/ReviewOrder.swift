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

/// Which ratings of a maker somebody wants to read first. They have no photos.
public enum RatingOrder: String, Sendable, CaseIterable {
    case newest
    /// Those with the most stars; of as many stars the newest.
    case highest
    /// Those with the fewest stars; of as many stars the newest.
    case lowest
}

/// Where the next page of what is read by stars starts: `stars:id`.
struct StarsCursor<Noun>: CustomStringConvertible {
    let stars: Int
    let id: ID<Noun>

    init(stars: Int, id: ID<Noun>) {
        self.stars = stars
        self.id = id
    }

    /// Nil when there is no cursor.
    /// - Throws: ``InputRefusal`` for text that no page gave out.
    init?(_ text: String?) throws(InputRefusal) {
        guard let text else { return nil }
        let parts = text.split(separator: ":")
        guard parts.count == 2, let stars = Int(parts[0]), let id = ID<Noun>(parts[1]) else {
            throw InputRefusal(.wrong("This is not a page of this list."), field: "after")
        }
        self.stars = stars
        self.id = id
    }

    var description: String { "\(stars):\(id)" }

    /// What comes after this place among rows `r`, written so that their index begins there.
    func rest(bestFirst: Bool) -> SQL {
        bestFirst
            ? "and (r.stars, r.id) < (\(stars), \(id))"
            : "and (6 - r.stars, r.id) < (\(6 - stars), \(id))"
    }

    /// The order that an index by stars gives.
    static func sorting(bestFirst: Bool) -> SQL {
        bestFirst ? "r.stars desc, r.id desc" : "(6 - r.stars) desc, r.id desc"
    }
}
