import Vocabulary

extension Marketplace {
    /// Checks a picture by what its first bytes say and keeps it until the worker has made the
    /// photo of it that is shown. It is known by the SHA-256 of what was sent: the same bytes
    /// twice are one photo, and count once. The disk is met on threads of its own.
    /// - Parameter seller: whose room it takes; nil for a customer's, who has none to take.
    /// - Throws: ``MediaRefusal`` for what is no JPEG, PNG, WebP, HEIC or GIF, or too large, and
    ///   when the seller has no room left.
    public func storePicture(_ bytes: [UInt8], of seller: ID<Seller>?) async throws -> Picture {
        let header = try pictureHeader(bytes)
        let hash = try await files.run { ContentHash(of: bytes) }
        let picture = Picture(
            hash: hash, mediaType: header.mediaType, bytes: bytes.count, width: header.width,
            height: header.height)
        switch try await database.media.find(hash) {
        case .ready: try await bringBack(hash, bytes)
        case .kept: _ = try await pictureFolder.write(bytes, on: files)
        case .waiting, .making:
            _ = try await originalFolder.write(bytes, on: files)
            try await database.transaction { tx in try await queuePhoto(hash, in: tx) }
        case .refused, nil: try await take(picture, bytes, of: seller)
        }
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

    private func take(
        _ picture: Picture, _ bytes: [UInt8], of seller: ID<Seller>?
    ) async throws {
        let most = settings.sellerPictureBytesMax
        // Before the bytes are stored, so that nobody fills the disk with what is refused.
        if let seller, try await !database.media.hasRoom(seller, bytes.count, most: most) {
            throw MediaRefusal.storageFull
        }
        let waiting = try await database.media.waiting(of: seller)
        guard waiting.count < settings.sellerUnmadeMax,
            waiting.bytes + bytes.count <= settings.sellerUnmadeBytesMax
        else { throw MediaRefusal.tooManyWaiting }
        // On the disk before anybody is asked to make a photo of it.
        _ = try await originalFolder.write(bytes, on: files)
        try await database.transaction { tx in
            guard try await tx.media.insert(picture, of: seller) else { return }
            if let seller, try await !tx.media.charge(seller, bytes.count, most: most) {
                throw MediaRefusal.storageFull
            }
            try await queuePhoto(picture.hash, in: tx)
        }
    }

    /// The photo is made anew when the disk has lost it.
    private func bringBack(_ hash: ContentHash, _ bytes: [UInt8]) async throws {
        if let shown = try await database.media.shown(hash, width: 1, .jpeg),
            try await pictureFolder.contains(shown.file, on: files)
        {
            return
        }
        _ = try await originalFolder.write(bytes, on: files)
        try await database.transaction { tx in
            try await tx.media.remake(hash)
            try await queuePhoto(hash, in: tx)
        }
    }

    /// A public picture by the hash of what was uploaded, for serving.
    /// - Parameter width: what it has to fill, in pixels: the narrowest copy that does is given,
    ///   the widest when none does. Nil is the widest.
    /// - Throws: ``MediaRefusal/unknown`` also for one that is not made, or cannot be.
    public func picture(
        _ hash: ContentHash, width: Int? = nil, as type: PhotoType = .jpeg
    ) async throws -> StoredPicture {
        // No photo is wider than what PostgreSQL calls an integer.
        let wanted = min(max(width ?? .max, 1), Int(Int32.max))
        guard let shown = try await database.media.shown(hash, width: wanted, type),
            let picture = try await pictureFolder.openPicture(
                shown.file, isFinal: shown.isFinal, on: files)
        else { throw MediaRefusal.unknown }
        return picture
    }
}
