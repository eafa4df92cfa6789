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

/// Why a file was not taken.
public enum MediaRefusal: Refusal, CaseIterable {
    case tooLarge, unsupported, documentUnsupported, tooManyPixels, unknown, storageFull

    public var code: String {
        switch self {
        case .tooLarge: "media.too-large"
        case .unsupported: "media.unsupported"
        case .documentUnsupported: "media.document-unsupported"
        case .tooManyPixels: "media.too-many-pixels"
        case .unknown: "media.unknown"
        case .storageFull: "media.storage-full"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .tooLarge: .tooLarge
        case .unsupported, .documentUnsupported: .unsupportedType
        case .tooManyPixels: .invalid
        case .storageFull: .conflict
        case .unknown: .missing
        }
    }

    public var explanation: String {
        switch self {
        case .tooLarge: "A file may have at most 10 MB."
        case .unsupported: "A picture has to be a JPEG, PNG, WebP or GIF file."
        case .documentUnsupported: "A document has to be a PDF, JPEG or PNG file."
        case .tooManyPixels:
            "A picture may have at most 50 million pixels and 12,000 on its longer side."
        case .unknown: "There is no such file."
        case .storageFull: "Your pictures take all the room that a shop has. Ask us for more."
        }
    }

    public var field: String? { self == .unknown ? nil : "file" }
}
