import Kernel
import Postgres
import ProviderKit

/// A photo in a page, for the partial `picture`: each browser takes the narrowest copy that is
/// sharp enough, as WebP where it can, and keeps the room for it while it loads.
public struct ShownPicture: Hashable, Sendable {
    public let webp: String
    public let jpeg: String
    /// For browsers that know no `srcset`.
    public let source: String
    /// How wide it will be, in the words of HTML's `sizes`.
    public let sizes: String
    public let text: String
    public let width: Int
    public let height: Int
    /// Below what is seen first: loaded when it comes near.
    public let isLazy: Bool
    /// What the page is about: loaded before everything else.
    public let isFirst: Bool

    /// When a photo is loaded.
    public enum Turn: Hashable, Sendable {
        case first, soon, whenNear
    }

    /// - Parameters:
    ///   - sizes: how wide it is laid out, as HTML's attribute of that name says it.
    ///   - text: what it shows, for those who cannot see it; empty where that stands beside it.
    public init(_ image: ShownImage, sizes: String, text: String, _ turn: Turn) {
        let widths = PhotoWidths.fitting(image.width)
        func set(_ type: PhotoType) -> String {
            widths.map { "\(Self.path(image.hash, $0, type)) \($0)w" }.joined(separator: ", ")
        }
        webp = set(.webp)
        jpeg = set(.jpeg)
        source = Self.path(image.hash, Self.plainWidth, .jpeg)
        self.sizes = sizes
        self.text = text
        width = image.width
        height = image.height
        isLazy = turn == .whenNear
        isFirst = turn == .first
    }

    private static let plainWidth = 640

    /// Where a photo is in about this width.
    public static func path(
        _ hash: ContentHash, _ width: Int, _ type: PhotoType = .jpeg
    ) -> String { "/media/\(hash)/\(width).\(type.suffix)" }

    /// A small copy beside a line of a list.
    public static func thumb(_ hash: ContentHash) -> String { path(hash, 320) }

    /// The same of what an order keeps of a picture.
    public static func thumb(_ hash: Bytes) -> String {
        "/media/\(hexadecimal(hash.bytes))/320.jpg"
    }
}
