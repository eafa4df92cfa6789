import Kernel
import Vocabulary
import Web

/// What a customer says for all to read, of a thing or of a maker, as it is moderated: listed with
/// what is known of it, hidden and shown again.
struct Opinion {
    /// Of what it is said.
    let subject: String
    let author: String
    let stars: Int
    let body: String
    let reply: String?
    let isHidden: Bool
    let createdAt: Instant
    /// Its address, below which it is hidden and shown.
    let path: String
    let trail: String
    /// What is known of one and not of the other.
    var more: [Fact] = []
    var photos: [Picture] = []

    /// A page of them.
    /// - Parameter path: of the list, which is a tab of the catalogue.
    static func list(
        _ title: Phrase, at path: String, _ opinions: [Opinion], next: String?, nothing: Phrase,
        _ admin: Administrator
    ) -> DeskPage {
        let mayModerate = CataloguePages.mayModerate(admin)
        let blocks = opinions.map { $0.block(mayModerate: mayModerate) }
        let rest = next.map { Block(more: "\(path)?after=\(Cursor.seal($0))") }
        return DeskPage(
            title, tabs: CataloguePages.tabs(String(path.dropFirst())),
            (blocks.isEmpty ? [Block(timeline: [], nothing: nothing)] : blocks)
                + [rest].compactMap { $0 })
    }

    private func block(mayModerate: Bool) -> Block {
        let form =
            isHidden
            ? DeskForm.reasoned(
                "Show it again", to: path + "/showing",
                hint: "Everybody reads it in the shop again, and its stars count.")
            : .dangerous(
                "Hide it", to: path + "/hiding",
                hint: """
                    Nobody sees it in the shop, and its stars do not count, until it is shown \
                    again.
                    """)
        return Block(
            "\(Format.stars(stars)) \(subject)", text: .data(body),
            facts: [
                Fact("By", data: author), Fact("On", data: Format.date(createdAt)),
                Fact("Answer", data: reply ?? "—"),
                Fact("State", state: isHidden ? "hidden" : "published"),
                Fact("Audit trail", "show", to: trail),
            ] + more, pictures: photos, forms: mayModerate ? [form] : [])
    }
}

extension Desk {
    /// Takes what a customer said out of sight and brings it back, each with a reason.
    func moderate<Path: Described, Answer: Codable & Sendable>(
        _ pattern: String, listedAt list: String,
        _ hide:
            @escaping @Sendable (Marketplace, Path, Bool, Reason, Administrator) async throws ->
            Answer
    ) {
        let hiding = Act<Path>(
            pattern + "/hiding", "Take what a customer said out of sight", tag: "Catalogue",
            .moderateCatalogue, done: "It is hidden.", back: { _ in list })
        let showing = Act<Path>(
            pattern + "/showing", "Bring back what a customer said", tag: "Catalogue",
            .moderateCatalogue, done: "It is shown again.", back: { _ in list })
        for (one, isHidden) in [(hiding, true), (showing, false)] {
            act(one, input: Reason.self) { marketplace, path, input, admin in
                try await hide(marketplace, path, isHidden, input, admin)
            }
        }
    }
}
