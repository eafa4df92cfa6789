import Glibc

/// A stored picture that is read piece by piece, so that whoever reads slowly costs a piece of
/// memory and not the whole picture. The disk is met on threads of its own.
public final class StoredPicture: Sendable {
    /// The length of a piece in bytes; the last one is shorter.
    public static let pieceBytes = 64 * 1024

    /// How long the file is, in bytes.
    public let byteCount: Int
    public let mediaType: String
    /// Of the bytes that are sent.
    public let hash: ContentHash
    /// Whether its address will always give these bytes.
    public let isFinal: Bool
    private let first: [UInt8]
    private let descriptor: Int32
    private let threads: WorkThreads

    /// - Parameter descriptor: closed with this object.
    fileprivate init(
        _ descriptor: Int32, _ hash: ContentHash, isFinal: Bool, byteCount: Int, first: [UInt8],
        _ threads: WorkThreads
    ) {
        self.hash = hash
        self.isFinal = isFinal
        self.descriptor = descriptor
        self.byteCount = byteCount
        self.first = first
        self.threads = threads
        mediaType = PictureHeader.mediaType(beginning: first) ?? "application/octet-stream"
    }

    deinit { close(descriptor) }

    /// The bytes from `offset` on, at most ``pieceBytes``; empty at the end.
    /// - Throws: ``WorkRefusal/busy(seconds:)``, and a fault when the disk fails.
    public func piece(at offset: Int) async throws -> [UInt8] {
        if offset == 0 { return first }
        guard offset < byteCount else { return [] }
        return try await threads.run { try StoredPicture.read(self.descriptor, at: offset) }
    }

    fileprivate static func read(_ descriptor: Int32, at offset: Int) throws -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: pieceBytes) { buffer, count in
            while count < pieceBytes {
                let got = pread(
                    descriptor, buffer.baseAddress?.advanced(by: count), pieceBytes - count,
                    off_t(offset + count))
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                guard got > 0 else { break }
                count += got
            }
        }
        guard failure == 0 else { throw MediaFault("read", failure) }
        return bytes
    }
}

extension MediaFolder {
    /// Nil when there is none of this hash.
    func openPicture(
        _ hash: ContentHash, isFinal: Bool, on threads: WorkThreads
    ) async throws -> StoredPicture? {
        try await threads.run {
            let descriptor = open(file(of: hash), O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                if errno == ENOENT { return nil }
                throw MediaFault("open", errno)
            }
            do {
                var status = stat()
                guard fstat(descriptor, &status) == 0 else { throw MediaFault("stat", errno) }
                return StoredPicture(
                    descriptor, hash, isFinal: isFinal, byteCount: Int(status.st_size),
                    first: try StoredPicture.read(descriptor, at: 0), threads)
            } catch {
                close(descriptor)
                throw error
            }
        }
    }
}
