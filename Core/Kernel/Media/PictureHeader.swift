/// What the first bytes of a picture say: its type and its size. Nothing is decoded, so nothing
/// can be made to decode.
struct PictureHeader: Hashable, Sendable {
    let mediaType: String
    let width: Int
    let height: Int

    /// The largest file that is taken.
    static let bytesMax = 20 << 20
    /// The longest side, and the most pixels: what a browser on a telephone still shows.
    static let sideMax = 12_000
    static let pixelsMax = 50_000_000

    /// Reads JPEG, PNG, WebP, GIF and HEIC; nil for everything else and for broken headers.
    init?(_ bytes: [UInt8]) {
        let header =
            Self.png(bytes) ?? Self.jpeg(bytes) ?? Self.gif(bytes) ?? Self.webp(bytes)
            ?? Self.heic(bytes)
        guard let header, header.width > 0, header.height > 0 else { return nil }
        self = header
    }

    /// The type alone, for what is checked when it comes in.
    static func mediaType(of bytes: [UInt8]) -> String? { PictureHeader(bytes)?.mediaType }

    /// The type alone, by the first bytes, for serving what was checked when it came in.
    static func mediaType(beginning bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if bytes.starts(with: "GIF8".utf8) { return "image/gif" }
        let isWebP = bytes.starts(with: "RIFF".utf8) && bytes.dropFirst(8).starts(with: "WEBP".utf8)
        return isWebP ? "image/webp" : nil
    }

    private init(_ mediaType: String, _ width: Int, _ height: Int) {
        self.mediaType = mediaType
        self.width = width
        self.height = height
    }

    /// PNG (ISO/IEC 15948): signature, then IHDR with width and height.
    private static func png(_ bytes: [UInt8]) -> PictureHeader? {
        guard bytes.count >= 33, bytes.starts(with: [137, 80, 78, 71, 13, 10, 26, 10]),
            bytes[12..<16].elementsEqual("IHDR".utf8)
        else { return nil }
        return PictureHeader("image/png", big(bytes, 16, 4), big(bytes, 20, 4))
    }

    private static func heic(_ bytes: [UInt8]) -> PictureHeader? {
        HEICHeader.size(bytes).map { PictureHeader(HEICHeader.mediaType, $0.width, $0.height) }
    }

    /// GIF: logical screen width and height, little endian.
    private static func gif(_ bytes: [UInt8]) -> PictureHeader? {
        guard bytes.count >= 13,
            bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8)
        else { return nil }
        return PictureHeader("image/gif", little(bytes, 6, 2), little(bytes, 8, 2))
    }

    /// JPEG (ITU T.81): markers up to the first start of frame.
    private static func jpeg(_ bytes: [UInt8]) -> PictureHeader? {
        guard bytes.starts(with: [0xFF, 0xD8, 0xFF]) else { return nil }
        var index = 2
        while index + 9 < bytes.count {
            guard bytes[index] == 0xFF else { return nil }
            let marker = bytes[index + 1]
            if marker == 0xFF {
                index += 1
                continue
            }
            switch marker {
            case 0x01, 0xD0...0xD8: index += 2
            case 0xD9, 0xDA: return nil
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                return PictureHeader(
                    "image/jpeg", big(bytes, index + 7, 2), big(bytes, index + 5, 2))
            default:
                let length = big(bytes, index + 2, 2)
                guard length >= 2 else { return nil }
                index += 2 + length
            }
        }
        return nil
    }

    /// WebP (RFC 9649): lossy, lossless or extended.
    private static func webp(_ bytes: [UInt8]) -> PictureHeader? {
        guard bytes.count >= 30, bytes.starts(with: "RIFF".utf8),
            bytes[8..<12].elementsEqual("WEBP".utf8)
        else { return nil }
        switch String(decoding: bytes[12..<16], as: UTF8.self) {
        case "VP8 ":
            guard bytes[23..<26].elementsEqual([0x9D, 0x01, 0x2A]) else { return nil }
            return PictureHeader(
                "image/webp", little(bytes, 26, 2) & 0x3FFF, little(bytes, 28, 2) & 0x3FFF)
        case "VP8L":
            guard bytes[20] == 0x2F else { return nil }
            let bits = little(bytes, 21, 4)
            return PictureHeader("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case "VP8X":
            return PictureHeader(
                "image/webp", little(bytes, 24, 3) + 1, little(bytes, 27, 3) + 1)
        default: return nil
        }
    }

    private static func big(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
        bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func little(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
        bytes[start..<start + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}

/// What the first bytes of a document say.
enum DocumentHeader {
    /// The largest document that is taken.
    static let bytesMax = 10 << 20

    /// PDF, JPEG or PNG; nil for everything else.
    static func mediaType(of bytes: [UInt8]) -> String? {
        if bytes.starts(with: "%PDF-".utf8) { return "application/pdf" }
        let type = PictureHeader.mediaType(of: bytes)
        return type == "image/jpeg" || type == "image/png" ? type : nil
    }
}
