import Vocabulary

extension Marketplace {
    /// Checks a picture by its bytes and stores it under their SHA-256; the same bytes twice are
    /// one file, and count once. The disk is met on threads of its own.
    /// - Throws: ``MediaRefusal`` for what is no JPEG, PNG, WebP or GIF, or too large, and when the
    ///   seller has no room left.
    public func storePicture(_ bytes: [UInt8], of seller: ID<Seller>) async throws -> Picture {
        let header = try pictureHeader(bytes)
        let hash = try await files.run { ContentHash(of: bytes) }
        let picture = Picture(
            hash: hash, mediaType: header.mediaType, bytes: bytes.count, width: header.width,
            height: header.height)
        if try await database.media.contains(hash) {
            // Written again when the disk has lost it; it was counted then.
            _ = try await pictureFolder.write(bytes, on: files)
            return picture
        }
        guard
            try await database.media.charge(
                seller, bytes.count, most: settings.sellerPictureBytesMax)
        else { throw MediaRefusal.storageFull }
        _ = try await pictureFolder.write(bytes, on: files)
        try await database.media.insert(picture)
        return picture
    }

    /// What a picture is, when it can be taken.
    /// - Throws: ``MediaRefusal``.
    func pictureHeader(_ bytes: [UInt8]) throws(MediaRefusal) -> PictureHeader {
        guard bytes.count <= PictureHeader.bytesMax else { throw .tooLarge }
        guard let header = PictureHeader(bytes) else { throw .unsupported }
        guard max(header.width, header.height) <= PictureHeader.sideMax,
            header.width * header.height <= PictureHeader.pixelsMax
        else { throw .tooManyPixels }
        return header
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
