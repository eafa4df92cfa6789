import Vocabulary

extension Marketplace {
    /// Checks a picture by its bytes and stores it under their SHA-256; the same bytes twice are
    /// one file. The disk is met on threads of its own.
    /// - Throws: ``MediaRefusal`` for what is no JPEG, PNG, WebP or GIF, or too large.
    public func storePicture(_ bytes: [UInt8]) async throws -> Picture {
        guard bytes.count <= PictureHeader.bytesMax else { throw MediaRefusal.tooLarge }
        guard let header = PictureHeader(bytes) else { throw MediaRefusal.unsupported }
        guard max(header.width, header.height) <= PictureHeader.sideMax,
            header.width * header.height <= PictureHeader.pixelsMax
        else { throw MediaRefusal.tooManyPixels }
        let picture = Picture(
            hash: try await pictureFolder.write(bytes, on: files), mediaType: header.mediaType,
            bytes: bytes.count, width: header.width, height: header.height)
        try await database.media.insert(picture)
        return picture
    }

    /// A public picture by its hash, for serving: the hash is its ETag, and it never changes.
    /// - Throws: ``MediaRefusal/unknown``.
    public func picture(_ hash: ContentHash) async throws -> StoredPicture {
        guard let picture = try await pictureFolder.openPicture(hash, on: files) else {
            throw MediaRefusal.unknown
        }
        return picture
    }
}
