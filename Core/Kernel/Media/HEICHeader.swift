/// What the boxes of a HEIC file say (ISO/IEC 23008-12): the size of its largest picture. Photos
/// of telephones are put together of tiles, each with a size of its own; the whole has the
/// largest.
enum HEICHeader {
    static let mediaType = "image/heic"

    private static let brands: Set<String> = ["heic", "heix", "heim", "heis", "mif1"]
    /// The boxes around the sizes, outermost first.
    private static let path = ["meta", "iprp", "ipco"]

    /// Nil for what is no HEIC file, and for one that does not say how large it is.
    static func size(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
        guard bytes.count >= 16, name(bytes, 4) == "ftyp", brands.contains(name(bytes, 8)) else {
            return nil
        }
        var inside = bytes.indices
        for name in path {
            guard let found = boxes(bytes, inside).first(where: { $0.name == name }) else {
                return nil
            }
            // `meta` alone begins with a version and flags.
            inside = found.content.dropFirst(name == "meta" ? 4 : 0)
        }
        let sizes = boxes(bytes, inside).filter { $0.name == "ispe" && $0.content.count >= 12 }.map
        {
            (
                width: big(bytes, $0.content.lowerBound + 4),
                height: big(bytes, $0.content.lowerBound + 8)
            )
        }
        return sizes.max { area($0) < area($1) }
    }

    private static func area(_ size: (width: Int, height: Int)) -> Int {
        size.width.multipliedReportingOverflow(by: size.height).overflow
            ? .max : size.width * size.height
    }

    /// The boxes that lie side by side in `range`, up to the first that is cut off.
    private static func boxes(
        _ bytes: [UInt8], _ range: Range<Int>
    ) -> [(name: String, content: Range<Int>)] {
        var found: [(name: String, content: Range<Int>)] = []
        var start = range.lowerBound
        // More boxes than any camera writes.
        while found.count < 1000, start + 8 <= range.upperBound {
            let length = big(bytes, start)
            guard length >= 8, start + length <= range.upperBound else { break }
            found.append((name(bytes, start + 4), start + 8..<start + length))
            start += length
        }
        return found
    }

    private static func name(_ bytes: [UInt8], _ start: Int) -> String {
        String(decoding: bytes[start..<start + 4], as: UTF8.self)
    }

    private static func big(_ bytes: [UInt8], _ start: Int) -> Int {
        bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    }
}
