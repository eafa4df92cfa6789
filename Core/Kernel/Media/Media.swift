import Vocabulary

/// A stored file, ready to be sent.
public struct MediaFile: Sendable {
    public let bytes: [UInt8]
    public let mediaType: String
}

/// A stored picture.
public struct Picture: Hashable, Sendable, Codable {
    public let hash: ContentHash
    public let mediaType: String
    public let bytes: Int
    public let width: Int
    public let height: Int
}

/// Why a file was not taken, or a photo not made.
public enum MediaRefusal: String, Refusal, CaseIterable, Codable {
    case tooLarge, documentTooLarge, unsupported, documentUnsupported, tooManyPixels, unknown
    case storageFull, tooManyWaiting
    /// These are found when a photo is made.
    case damaged, tooMuchWork, heicUnreadable, lost

    public var code: String {
        switch self {
        case .tooLarge: "media.too-large"
        case .documentTooLarge: "media.document-too-large"
        case .unsupported: "media.unsupported"
        case .documentUnsupported: "media.document-unsupported"
        case .tooManyPixels: "media.too-many-pixels"
        case .unknown: "media.unknown"
        case .storageFull: "media.storage-full"
        case .tooManyWaiting: "media.too-many-waiting"
        case .damaged: "media.damaged"
        case .tooMuchWork: "media.too-much-work"
        case .heicUnreadable: "media.heic-unreadable"
        case .lost: "media.lost"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .tooLarge, .documentTooLarge: .tooLarge
        case .unsupported, .documentUnsupported, .heicUnreadable: .unsupportedType
        case .tooManyPixels, .damaged, .tooMuchWork, .lost: .invalid
        case .storageFull, .tooManyWaiting: .conflict
        case .unknown: .missing
        }
    }

    public var explanation: String {
        switch self {
        case .tooLarge: "A picture may have at most 20 MB."
        case .documentTooLarge: "A document may have at most 10 MB."
        case .unsupported: "A picture has to be a JPEG, PNG, WebP, HEIC or GIF file."
        case .documentUnsupported: "A document has to be a PDF, JPEG or PNG file."
        case .tooManyPixels:
            "A picture may have at most 50 million pixels and 12,000 on its longer side."
        case .unknown: "There is no such file."
        case .storageFull: "Your pictures take all the room that a shop has. Ask us for more."
        case .tooManyWaiting:
            "So many of your pictures wait to be made that no more fit. Try again in some minutes."
        case .damaged:
            "This file is no whole picture: it is damaged, or ends too early. Save it anew."
        case .tooMuchWork: "This picture takes too much work to open. Save it smaller."
        case .heicUnreadable: "HEIC pictures cannot be read here. Save it as JPEG."
        case .lost: "The file was lost before the picture was made. Add it once more."
        }
    }

    public var field: String? { self == .unknown ? nil : "file" }
}
