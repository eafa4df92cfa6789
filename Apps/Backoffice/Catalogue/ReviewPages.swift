import Kernel
import Vocabulary
import Web

enum ReviewPages {
    static func list(_ page: Kernel.Page<Review>, _ admin: Administrator) -> DeskPage {
        let blocks = page.items.map { review in
            let path = "/reviews/\(review.id)"
            let form =
                review.isHidden
                ? DeskForm("Show it again", to: path + "/showing", [.reason])
                : DeskForm.dangerous(
                    "Hide it", to: path + "/hiding",
                    hint: """
                        Nobody sees it in the shop, and its stars do not count, until it is shown \
                        again.
                        """)
            return Block(
                "\(Format.stars(review.stars)) \(review.listingTitle)", text: .data(review.body),
                facts: [
                    Fact("By", data: review.author),
                    Fact("On", data: Format.date(review.createdAt)),
                    Fact("State", state: review.isHidden ? "hidden" : "published"),
                ]
                    + review.photos.enumerated().map { index, photo in
                        Fact("Photo \(index + 1)", "look at it", to: "/media/\(photo.hash)")
                    }, forms: CataloguePages.mayModerate(admin) ? [form] : [])
        }
        let none = Block(timeline: [], nothing: "Nobody has reviewed anything yet.")
        let more = page.next.map { Block(more: "/reviews?after=\(Cursor.seal($0))") }
        return DeskPage(
            "Reviews", tabs: CataloguePages.tabs("reviews"),
            (blocks.isEmpty ? [none] : blocks) + [more].compactMap { $0 })
    }
}
