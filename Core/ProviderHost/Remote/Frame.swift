import NIOCore

/// One message between the two sides of a provider host; the folder's README has the whole of it.
/// Length of the body (4 bytes), id (8 bytes), both big-endian, kind (1 byte), then the body.
struct Frame: Hashable, Sendable {
    enum Kind: UInt8, Sendable, CaseIterable {
        /// `H`: who speaks, and which version of the frames.
        case hello = 0x48
        /// `C`: a question; its answer comes under the same id.
        case call = 0x43
        /// `A`: what was asked for.
        case answer = 0x41
        /// `E`: why it was not.
        case error = 0x45
        /// `X`: nobody waits for the answer any more.
        case cancel = 0x58
        /// `D`: bring new calls to a new connection; what is under way is answered here.
        case drain = 0x44
    }

    /// The largest is a payout file of 16 MiB in base64.
    static let bytesMax = 32 << 20
    static let headerBytes = 13

    let kind: Kind
    let id: UInt64
    var body: [UInt8] = []

    func buffer(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: Self.headerBytes + body.count)
        buffer.writeInteger(UInt32(body.count))
        buffer.writeInteger(id)
        buffer.writeInteger(kind.rawValue)
        buffer.writeBytes(body)
        return buffer
    }

    /// Takes the next frame off `buffer`; nil while it is not whole.
    /// - Throws: ``FrameNonsense`` as soon as it can be none.
    static func read(from buffer: inout ByteBuffer) throws(FrameNonsense) -> Frame? {
        let start = buffer.readerIndex
        guard buffer.readableBytes >= headerBytes,
            let length = buffer.getInteger(at: start, as: UInt32.self),
            let id = buffer.getInteger(at: start + 4, as: UInt64.self),
            let letter = buffer.getInteger(at: start + 12, as: UInt8.self)
        else { return nil }
        guard length <= bytesMax, let kind = Kind(rawValue: letter) else { throw FrameNonsense() }
        guard buffer.readableBytes >= headerBytes + Int(length) else { return nil }
        buffer.moveReaderIndex(forwardBy: headerBytes)
        return Frame(kind: kind, id: id, body: buffer.readBytes(length: Int(length)) ?? [])
    }
}

/// What came in is no frame of ours: the connection cannot go on.
struct FrameNonsense: Error, CustomStringConvertible {
    let description = "it does not speak the frames of provider hosts"
}
