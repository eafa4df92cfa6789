import Vocabulary

/// How far a photo is on its way from what was uploaded to what is shown.
public struct PhotoProgress: Hashable, Sendable, Codable {
    public enum State: String, SQLText, Sendable, CaseIterable, Codable {
        /// From before photos were made: shown as it came until it is.
        case kept
        case waiting, making, ready
        /// It cannot be made; nobody is shown it.
        case refused

        public var isUnderWay: Bool { self == .waiting || self == .making }
        public var isShown: Bool { self == .kept || self == .ready }
    }

    public let state: State
    /// Copies that there are, of ``wanted``; none of none until it was opened.
    public let made: Int
    public let wanted: Int
    /// Why it was refused.
    public let refusal: MediaRefusal?
}

/// What copies of photos are written as.
public enum PhotoType: String, SQLText, Sendable, CaseIterable, Codable {
    case webp = "image/webp"
    /// For browsers that know nothing better, for mail and for whoever shows a link.
    case jpeg = "image/jpeg"

    /// As addresses end: `/media/<hash>/640.webp`.
    public var suffix: String { self == .webp ? "webp" : "jpg" }

    public init?(suffix: some StringProtocol) {
        guard let type = Self.allCases.first(where: { $0.suffix == suffix }) else { return nil }
        self = type
    }
}

/// The widths that a photo is made in, in pixels.
public enum PhotoWidths {
    /// The longest side of the largest copy.
    public static let sideMax = 2000
    /// A card on a telephone, the same on a sharper one, a listing's page on one, and on a desk.
    public static let steps = [320, 640, 1280]

    /// For a photo that is `width` pixels wide, when it fits into ``sideMax``: never enlarged,
    /// the widest last, and none that is hardly narrower than the widest.
    public static func fitting(_ width: Int) -> [Int] {
        let widest = min(width, sideMax)
        return steps.filter { $0 * 10 <= widest * 9 } + [widest]
    }
}

/// A copy of a photo, as it is stored.
struct Rendition: Hashable, Sendable, Codable {
    let type: PhotoType
    let width: Int
    let height: Int
    let bytes: Int
    let hash: ContentHash
}
