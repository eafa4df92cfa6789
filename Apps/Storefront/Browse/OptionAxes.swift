import Kernel
import Vocabulary
import Web

/// The choices of a thing with several options, such as size and colour: one choice for each of
/// them, each a link to the page with that one chosen. What is shown is therefore always what goes
/// into the cart, with scripts or without.
struct OptionAxes {
    struct Axis {
        /// `Size`
        let name: String
        let chosen: String
        let values: [Value]
    }
    struct Value {
        let label: String
        let href: String
        let isChosen: Bool
        /// What keeps it from being bought with what is chosen of the others.
        let off: String?
        /// Its own picture, where all that have this value share one.
        let thumb: String?
    }
    /// What there is instead.
    struct Near {
        let label: String
        let href: String
        let price: String
    }

    let axes: [Axis]
    /// What there is of what is chosen; nil for what is not made.
    let chosen: PublicListing.Choice?
    /// Whether somebody chose it, and not the shop.
    let isAsked: Bool
    /// Why what is chosen cannot be bought.
    let hurdle: String?
    let near: [Near]

    /// So many instead of it, where it cannot be had.
    private static let nearMax = 6

    /// Nil for a thing with one option or none, whose choices stand in one list.
    /// - Parameters:
    ///   - asked: the id of a choice, as the link has it.
    ///   - wished: one value for each option; what the thing does not have asks for nothing.
    init?(_ listing: PublicListing, asked: String?, wished: [String?]) {
        let count = listing.optionNames.count
        let choices = listing.variants.filter { $0.options.count == count }
        guard count > 1, let first = choices.first(where: { $0.available > 0 }) ?? choices.first
        else { return nil }
        let values = (0..<count).map { place in
            var seen: Set<String> = []
            return choices.map { $0.options[place] }.filter { seen.insert($0).inserted }
        }
        let typed = wished.prefix(count).compactMap { $0 }
        let isKnown = typed.count == count && zip(typed, values).allSatisfy { $1.contains($0) }
        let named = choices.first { $0.id.description == asked }
        let combination = named?.options ?? (isKnown ? typed : first.options)
        isAsked = named != nil || isKnown
        let chosen = choices.first { $0.options == combination }
        self.chosen = chosen
        let thumbs = Self.thumbs(choices, values, listing.images)
        axes = (0..<count).map { place in
            Axis(
                name: listing.optionNames[place], chosen: combination[place],
                values: values[place].map { value in
                    var with = combination
                    with[place] = value
                    let choice = choices.first { $0.options == with }
                    return Value(
                        label: value, href: Self.href(listing.id, choice, with),
                        isChosen: value == combination[place], off: Self.off(choice),
                        thumb: thumbs[place][value])
                })
        }
        guard choices.contains(where: { $0.available > 0 }), chosen?.available ?? 0 == 0 else {
            hurdle = nil
            near = []
            return
        }
        let said = combination.joined(separator: ", ")
        hurdle =
            chosen == nil
            ? localized("There is no “\(said)”.") : localized("“\(said)” is sold out.")
        near = Self.closest(to: combination, among: choices).prefix(Self.nearMax).map {
            Near(
                label: $0.options.joined(separator: ", "),
                href: Self.href(listing.id, $0, $0.options), price: Format.money($0.price))
        }
    }

    /// What can be had, that which differs in the fewest options first.
    private static func closest(
        to combination: [String], among choices: [PublicListing.Choice]
    ) -> [PublicListing.Choice] {
        let graded = choices.filter { $0.available > 0 }.enumerated().map { place, choice in
            (zip(choice.options, combination).count { $0 != $1 }, place, choice)
        }
        return graded.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    private static func off(_ choice: PublicListing.Choice?) -> String? {
        guard let choice else { return localized("not made") }
        return choice.available > 0 ? nil : localized("sold out")
    }

    private static func href(
        _ listing: ID<Listing>, _ choice: PublicListing.Choice?, _ wished: [String]
    ) -> String {
        let query =
            choice.map { "variant=\($0.id)" }
            ?? wished.enumerated().map { place, value in
                "option\(place + 1)=\(QueryText.encode(value))"
            }.joined(separator: "&")
        // Whoever follows it without scripts is where they were, and not at the top.
        return "\(Links.listing(listing))?\(query)#chosen"
    }

    /// By option and value: the picture that all with this value share, where others have others.
    private static func thumbs(
        _ choices: [PublicListing.Choice], _ values: [[String]], _ images: [PublicListing.Image]
    ) -> [[String: String]] {
        let hashes = Dictionary(images.map { ($0.id, $0.hash) }) { first, _ in first }
        return values.enumerated().map { place, values in
            let shared = values.map { value in
                let own = Set(choices.filter { $0.options[place] == value }.map(\.imageId))
                return (value, own.count == 1 ? own.first.flatMap { $0 } : nil)
            }
            guard Set(shared.map(\.1)).count > 1 else { return [:] }
            return shared.reduce(into: [:]) { thumbs, pair in
                if let hash = pair.1.flatMap({ hashes[$0] }).flatMap({ $0 }) {
                    thumbs[pair.0] = ShownPicture.thumb(hash)
                }
            }
        }
    }
}
