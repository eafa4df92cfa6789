/// The parts of a WebP file (RFC 9649, section 2): a frame of RIFF, and chunks with a name and a
/// length each.
enum WebPChunks {
    /// What is no part of the picture, and its flag in the extended header.
    private static let metadata: [String: UInt8] = ["ICCP": 0x20, "EXIF": 0x08, "XMP ": 0x04]

    /// The same picture without what is written beside it: libvips 8.14 keeps some of that
    /// whatever it is told. Its colours are sRGB, which is what a file without a profile means.
    static func withoutMetadata(_ file: [UInt8]) -> [UInt8] {
        guard file.count > 12, file.starts(with: "RIFF".utf8) else { return file }
        var kept: [UInt8] = []
        var start = 12
        while start + 8 <= file.count {
            let name = String(decoding: file[start..<start + 4], as: UTF8.self)
            let length = file[start + 4..<start + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
            // Chunks begin at even places.
            let end = min(file.count, start + 8 + length + length % 2)
            if metadata[name] == nil {
                let place = kept.count
                kept += file[start..<end]
                if name == "VP8X", kept.count > place + 8 {
                    for flag in metadata.values { kept[place + 8] &= ~flag }
                }
            }
            start = end
        }
        let length = kept.count + 4
        let size = (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
        return Array("RIFF".utf8) + size + Array("WEBP".utf8) + kept
    }
}
