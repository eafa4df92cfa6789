import Kernel
import Vocabulary
import Web

/// Pictures and stock of a listing, for people.
struct ListingImageRoutes {
    /// Three of the largest pictures at once, or a dozen of a telephone's.
    private static let picturesMax = 60 << 20

    struct ImageForm: Described {
        let alt: String?
        static let rules: [String: [Rule]] = ["alt": [.length(0...200)]]
    }

    /// Every picture once, the first one first.
    struct OrderForm: Described {
        let images: [ID<ListingImage>]
        static let rules: [String: [Rule]] = ["images": [.count(1...Listing.imagesMax)]]
    }

    func mount(on routes: Routes) {
        routes.post("/listings/{listing}/images").path(ListingPath.self).form(ImageForm.self)
            .files(upTo: Self.picturesMax).onlyOnce()
            .show(as: Member.self, needing: [.editListings], again: again) { call, member in
                let files = call.files.filter { $0.field == "file" }
                if files.isEmpty {
                    throw InputRefusal(.wrong("Choose a picture first."), field: "file")
                }
                let page = Links.listing(call.path.listing)
                for (added, file) in files.enumerated() {
                    do {
                        try await call.marketplace.addImage(
                            file.bytes, alt: call.form.alt ?? "", to: call.path.listing,
                            as: member.membership)
                    } catch let refusal as any Refusal where added > 0 {
                        // Not to be sent once more: the first ones are there.
                        return .seeOther(
                            page,
                            warning: Self.added(added) + " " + refusal.localizedExplanation)
                    }
                }
                return .seeOther(page, notice: Self.added(files.count))
            }
        routes.get("/listings/{listing}/photos").path(ListingPath.self)
            .show(as: Member.self, needing: [.readListings], use: show)
        routes.post("/listings/{listing}/images/order").path(ListingPath.self)
            .form(OrderForm.self).openOnBehalf()
            .show(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.arrangeImages(
                    call.form.images, of: call.path.listing, as: member.membership)
                return .seeOther(
                    Links.listing(call.path.listing),
                    notice: localized("The pictures are in order."))
            }
        routes.post("/listings/{listing}/images/{image}/text").path(ImagePath.self)
            .form(ImageForm.self)
            .show(as: Member.self, needing: [.editListings], again: again) { call, member in
                try await call.marketplace.describeImage(
                    call.path.image, of: call.path.listing, as: call.form.alt ?? "",
                    by: member.membership)
                return .seeOther(
                    Links.listing(call.path.listing),
                    notice: localized("What the picture shows is changed."))
            }
        routes.post("/listings/{listing}/images/{image}/removal").path(ImagePath.self)
            .show(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.removeImage(
                    call.path.image, from: call.path.listing, as: member.membership)
                return .seeOther(
                    Links.listing(call.path.listing),
                    notice: localized("The picture is taken away."))
            }
        routes.post("/listings/{listing}/images/{image}/first").path(ImagePath.self)
            .openOnBehalf().show(as: Member.self, needing: [.editListings]) { call, member in
                try await move(call, member, notice: localized("It is the first picture now.")) {
                    _ in 0
                }
            }
        routes.post("/listings/{listing}/images/{image}/earlier").path(ImagePath.self)
            .openOnBehalf().show(as: Member.self, needing: [.editListings]) { call, member in
                try await move(call, member, notice: localized("It comes earlier now.")) { $0 - 1 }
            }
        routes.post("/listings/{listing}/images/{image}/later").path(ImagePath.self)
            .openOnBehalf().show(as: Member.self, needing: [.editListings]) { call, member in
                try await move(call, member, notice: localized("It comes later now.")) { $0 + 1 }
            }
    }

    private static func added(_ count: Int) -> String {
        Format.count(count, "picture is added.", "pictures are added.")
    }

    private static let lookAgainSeconds = 3

    @Sendable private func show(
        _ call: PageCall<ListingPath, Nothing, Nothing>, _ member: Member
    ) async throws -> PageAnswer {
        let details = try await call.marketplace.listing(
            call.path.listing, as: member.membership)
        let page = PhotosPage(details, mayEdit: member.membership.may(.editListings))
        var answer = PageAnswer.page("photos", page, title: localized("Pictures"))
        if page.isMaking {
            answer.refresh = PageRefresh(
                seconds: Self.lookAgainSeconds, path: page.listing + "/photos")
        }
        return answer
    }

    /// Puts a picture at the place that `place` makes of its own; beyond the ends is the end.
    private func move(
        _ call: PageCall<ImagePath, Nothing, Nothing>, _ member: Member, notice: String,
        to place: (Int) -> Int
    ) async throws -> PageAnswer {
        let details = try await call.marketplace.listing(
            call.path.listing, as: member.membership)
        var order = details.images.map(\.id)
        guard let index = order.firstIndex(of: call.path.image) else {
            throw ListingRefusal.imageUnknown
        }
        order.remove(at: index)
        order.insert(call.path.image, at: min(max(place(index), 0), order.count))
        try await call.marketplace.arrangeImages(
            order, of: call.path.listing, as: member.membership)
        return .seeOther(Links.listing(call.path.listing), notice: notice)
    }

    @Sendable private func again(_ again: Again, _ member: Member) -> PageAnswer {
        .seeOther(
            Links.listings + "/" + (again.request.parameters["listing"] ?? ""),
            warning: again.explanation)
    }
}
