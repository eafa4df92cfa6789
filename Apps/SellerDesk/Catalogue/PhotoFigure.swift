import Kernel
import Vocabulary
import Web

/// A picture of a listing at the desk, with how far it is: `photo.mustache`.
struct PhotoFigure {
    let id: String
    /// Nil while there is nothing to be seen of it.
    let source: String?
    let full: String?
    let alt: String
    /// Where an import said that it is.
    let elsewhere: String?
    /// Waiting, or how many copies are made.
    let progress: String?
    /// Why it cannot be shown.
    let problem: String?
    let isMaking: Bool
    let isFirst: Bool
    let isLast: Bool

    static func list(_ images: [ListingImage]) -> [PhotoFigure] {
        images.enumerated().map { index, image in
            PhotoFigure(image, isFirst: index == 0, isLast: index == images.count - 1)
        }
    }

    private init(_ image: ListingImage, isFirst: Bool, isLast: Bool) {
        id = image.id.description
        source =
            image.photo?.state.isShown == true ? image.hash.map { ShownPicture.thumb($0) } : nil
        full = source.flatMap { _ in image.hash.map { Links.picture($0) } }
        alt = image.alt
        elsewhere = image.hash == nil ? image.sourceURL : nil
        progress = image.photo.flatMap { Self.progress($0) }
        problem = image.photo?.refusal?.localizedExplanation
        isMaking = image.photo?.state.isUnderWay == true
        self.isFirst = isFirst
        self.isLast = isLast
    }

    private static func progress(_ photo: PhotoProgress) -> String? {
        switch photo.state {
        case .waiting: localized("Waits to be made")
        case .making where photo.wanted == 0: localized("Is being opened")
        case .making: localized("Is being made: \(photo.made) of \(photo.wanted)")
        case .kept, .ready, .refused: nil
        }
    }
}

/// The model of `photos.mustache`: the pictures of a listing alone.
struct PhotosPage {
    let title: String
    let listing: String
    let action: String
    let images: [PhotoFigure]
    let hasImages: Bool
    let isMaking: Bool
    let mayEdit: Bool

    init(_ details: ListingDetails, mayEdit: Bool) {
        title = details.listing.title
        listing = Links.listing(details.listing.id)
        action = listing
        images = PhotoFigure.list(details.images)
        hasImages = !images.isEmpty
        isMaking = images.contains(where: \.isMaking)
        self.mayEdit = mayEdit && details.listing.state != .blocked
    }
}
