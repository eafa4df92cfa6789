import Kernel
import Vocabulary
import Web

/// The options of a thing, every combination at once, and which picture shows which.
struct OptionRoutes {
    struct Form: Described {
        struct Row: Described {
            let name: String?
            /// One in each line: some values have commas.
            let values: String?
            static let rules: [String: [Rule]] = [
                // As many values as a thing may have variants, each of 80 characters.
                "name": [.length(0...40)], "values": [.length(0...Listing.variantsMax * 81)],
            ]
        }

        let options: [Row]
        let currency: Currency
        /// Of combinations that are new.
        let price: String
        let onHand: Int?
        static let rules: [String: [Rule]] = [
            "options": [.count(1...OptionMatrix.optionsMax)], "price": [.length(1...20)],
            "onHand": [.range(0...1_000_000)],
        ]

        func matrix() -> OptionMatrix {
            OptionMatrix(
                options.filter { $0.name != nil || $0.values != nil }.map { row in
                    OptionMatrix.Option(
                        name: (row.name ?? "").trimmingBlanks,
                        values: (row.values ?? "").split(whereSeparator: \.isNewline)
                            .map { String($0).trimmingBlanks }.filter { !$0.isEmpty })
                })
        }
    }

    struct PictureForm: Described {
        struct Row: Described {
            let variant: ID<Variant>
            /// None when left out.
            let image: ID<ListingImage>?
        }

        let choices: [Row]
        static let rules: [String: [Rule]] = ["choices": [.count(1...Listing.variantsMax)]]
    }

    func mount(on routes: Routes) {
        routes.get("/listings/{listing}/options").path(ListingPath.self)
            .show(as: Member.self, needing: [.editListings]) { call, member in
                let details = try await call.marketplace.listing(
                    call.path.listing, as: member.membership)
                return .page("listing-options", OptionsPage(details), title: localized("Options"))
            }
        routes.post("/listings/{listing}/options").path(ListingPath.self).form(Form.self)
            .show(as: Member.self, needing: [.editListings], again: again) { call, member in
                let present = try await call.marketplace.listing(
                    call.path.listing, as: member.membership)
                let model = VariantDraft(
                    price: try TypedAmount.read(
                        call.form.price, call.form.currency, field: "price"),
                    onHand: call.form.onHand, grams: present.variants.first?.grams)
                let saved = try await call.marketplace.editListing(
                    call.path.listing,
                    try call.form.matrix().draft(changing: present, model: model),
                    as: member.membership)
                return .seeOther(
                    Links.listing(call.path.listing),
                    notice: localized(
                        """
                        \(Format.count(saved.variants.count, "variant", "variants")) of it are \
                        there. Look at their prices and stock below.
                        """))
            }
        routes.post("/listings/{listing}/choice-pictures").path(ListingPath.self)
            .form(PictureForm.self)
            .show(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.setPictures(
                    call.form.choices.map { ($0.variant, $0.image) }, of: call.path.listing,
                    as: member.membership)
                return .seeOther(
                    Links.listing(call.path.listing) + "/options", notice: localized("It is saved.")
                )
            }
    }

    @Sendable private func again(_ again: Again, _ member: Member) async throws -> PageAnswer {
        guard let id = again.request.parameters["listing"].flatMap({ ID<Listing>($0) }) else {
            throw ListingRefusal.unknown
        }
        let details = try await again.request.marketplace.listing(id, as: member.membership)
        var page = OptionsPage(details)
        page.fill(again)
        return .page("listing-options", page, title: localized("Options"))
    }
}

/// The model of `listing-options.mustache`.
struct OptionsPage {
    struct Row {
        let number: Int
        var name: String
        var values: String
    }
    struct Picked {
        let number: Int
        let variant: String
        let label: String
        let pictures: [Choice]
    }

    let title: String
    let listing: String
    var warning: String?
    var rows: [Row]
    let currency: String
    var price: String
    var onHand: String
    let choices: [Picked]
    let hasChoices: Bool

    init(_ details: ListingDetails) {
        title = details.listing.title
        listing = Links.listing(details.listing.id)
        let options = OptionMatrix(details).options
        rows = (0..<OptionMatrix.optionsMax).map { number in
            let option = number < options.count ? options[number] : nil
            return Row(
                number: number, name: option?.name ?? "",
                values: option?.values.joined(separator: "\n") ?? "")
        }
        currency = details.listing.currency.code
        price = details.variants.first.map { Format.typed($0.price) } ?? ""
        onHand = ""
        let pictures = details.images.enumerated().map { index, image in
            (image.id.description, "\(index + 1)" + (image.alt.isEmpty ? "" : " · \(image.alt)"))
        }
        choices =
            options.isEmpty || pictures.isEmpty
            ? []
            : details.variants.enumerated().map { number, variant in
                Picked(
                    number: number, variant: variant.id.description,
                    label: variant.options.joined(separator: ", "),
                    pictures: pictures.map {
                        Choice($0.0, $0.1, chosen: variant.image?.description)
                    })
            }
        hasChoices = !choices.isEmpty
    }

    /// What was typed instead of what is stored.
    mutating func fill(_ again: Again) {
        warning = again.explanation
        for index in rows.indices {
            rows[index].name = again.values["options.\(index).name"] ?? rows[index].name
            rows[index].values = again.values["options.\(index).values"] ?? rows[index].values
        }
        price = again.values["price"] ?? price
        onHand = again.values["onHand"] ?? onHand
    }
}
