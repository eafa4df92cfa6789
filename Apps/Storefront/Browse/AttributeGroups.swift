import Kernel
import Vocabulary
import Web

/// Ways to narrow a list down by what attributes say of things. Several values of one may be
/// chosen: the others stay there with how much there is of them.
enum AttributeGroups {
    static func all(_ facets: Facets, _ query: BrowseQuery, _ action: String) -> [FacetGroup] {
        facets.attributes.compactMap { facet in
            // What everything is narrows nothing down.
            guard
                facet.choices.count > 1 || facet.choices[0].isChosen
                    || facet.attribute.kind == .flag
            else { return nil }
            return FacetGroup(
                title: facet.attribute.localizedName,
                items: facet.choices.map { choice in
                    FacetGroup.Item(
                        label: words(choice, facet.attribute),
                        href: query.link(
                            action, [:], wishes: query.wishes.toggling(choice.term)),
                        count: facets.isWhole ? "\(choice.count)" : "\(choice.count)+",
                        isChosen: choice.isChosen)
                })
        }
    }

    /// What is chosen, each with the list without it.
    static func chosen(
        _ facets: Facets, _ query: BrowseQuery, _ action: String
    ) -> [FacetGroup.Item] {
        facets.attributes.flatMap { facet in
            facet.choices.filter(\.isChosen).map { choice in
                FacetGroup.Item(
                    label: [facet.attribute.localizedName, words(choice, facet.attribute)]
                        .joined(separator: ": "),
                    href: query.link(action, [:], wishes: query.wishes.toggling(choice.term)),
                    count: "")
            }
        }
    }

    private static func words(_ choice: AttributeFacet.Choice, _ attribute: Attribute) -> String {
        if let value = choice.value { return value.localizedName }
        let unit = attribute.unit.map { "\u{a0}\($0)" } ?? ""
        guard let range = choice.range else { return choice.term }
        return range.count == 1
            ? "\(range.lowerBound)\(unit)" : "\(range.lowerBound)–\(range.upperBound)\(unit)"
    }
}
