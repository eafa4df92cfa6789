import Kernel
import Vocabulary
import Web

/// Pictures and stock of a listing, for people.
struct ListingImageRoutes {
    /// Four of the largest pictures at once.
    private static let picturesMax = 40 << 20

    struct ImageForm: Described {
        let alt: String?
        static let rules: [String: [Rule]] = ["alt": [.length(0...200)]]
    }

    func mount(on routes: Routes) {
        routes.post("/listings/{listing}/images").path(ListingPath.self).form(ImageForm.self)
            .files(upTo: Self.picturesMax)
            .show(as: Member.self, needing: [.editListings], again: again) { call, member in
                let files = call.files.filter { $0.field == "file" }
                if files.isEmpty {
                    throw InputRefusal(.wrong("Choose a picture first."), field: "file")
                }
                for file in files {
                    try await call.marketplace.addImage(
                        file.bytes, alt: call.form.alt ?? "", to: call.path.listing,
                        as: member.membership)
                }
                return .seeOther(
                    Links.listing(call.path.listing),
                    notice: Format.count(files.count, "picture is", "pictures are") + " added.")
            }
        routes.post("/listings/{listing}/images/{image}/removal").path(ImagePath.self)
            .show(as: Member.self, needing: [.editListings]) { call, member in
                try await call.marketplace.removeImage(
                    call.path.image, from: call.path.listing, as: member.membership)
                return .seeOther(
                    Links.listing(call.path.listing), notice: "The picture is taken away.")
            }
        routes.post("/listings/{listing}/images/{image}/first").path(ImagePath.self)
            .show(as: Member.self, needing: [.editListings], use: moveToFront)
    }

    @Sendable private func moveToFront(
        _ call: PageCall<ImagePath, Nothing, Nothing>, _ member: Member
    ) async throws -> PageAnswer {
        let details = try await call.marketplace.listing(
            call.path.listing, as: member.membership)
        let others = details.images.map(\.id).filter { $0 != call.path.image }
        try await call.marketplace.arrangeImages(
            [call.path.image] + others, of: call.path.listing, as: member.membership)
        return .seeOther(Links.listing(call.path.listing), notice: "It is the first picture now.")
    }

    @Sendable private func again(_ again: Again, _ member: Member) -> PageAnswer {
        .seeOther(
            Links.listings + "/" + (again.request.parameters["listing"] ?? ""),
            warning: again.explanation)
    }
}
