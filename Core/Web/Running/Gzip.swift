import CZlib

/// gzip (RFC 1952), by zlib.
enum Gzip {
    /// For what is compressed once and sent often.
    static let best: Int32 = 9
    /// For what is compressed for one answer: a third of a millisecond for a page.
    static let quick: Int32 = 1

    /// Nil when zlib has no memory for it.
    static func compress(_ bytes: [UInt8], level: Int32) -> [UInt8]? {
        var stream = z_stream()
        guard czlib_gzip_begin(&stream, level) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        let most = Int(deflateBound(&stream, uLong(bytes.count)))
        var input = bytes
        var isWhole = false
        let output = input.withUnsafeMutableBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: most) { target, count in
                stream.next_in = source.baseAddress
                stream.avail_in = uInt(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = uInt(most)
                isWhole = deflate(&stream, Z_FINISH) == Z_STREAM_END
                count = most - Int(stream.avail_out)
            }
        }
        return isWhole ? output : nil
    }
}
