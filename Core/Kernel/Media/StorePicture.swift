import Glibc
import Postgres
import Vocabulary

extension Marketplace {
    /// Checks a picture by what its first bytes say and keeps it until the worker has made the
    /// photo of it that is shown. It is known by the SHA-256 of what was sent: the same bytes
    /// twice are one photo, and count once. The disk is met on threads of its own.
    /// - Parameter seller: whose room it takes.
    /// - Throws: ``MediaRefusal`` for what is no JPEG, PNG, WebP, HEIC or GIF, or too large, and
    ///   when the seller has no room left.
    public func storePicture(_ bytes: [UInt8], of seller: ID<Seller>) async throws -> Picture {
        try await storePicture(bytes, for: .seller(seller))
    }

    /// The same for whoever sends it. A customer's is forgotten after a day unless a review shows
    /// it by then.
    func storePicture(_ bytes: [UInt8], for owner: PhotoOwner) async throws -> Picture {
        let header = try pictureHeader(bytes)
        let hash = try await files.run { ContentHash(of: bytes) }
        let picture = Picture(
            hash: hash, mediaType: header.mediaType, bytes: bytes.count, width: header.width,
            height: header.height)
        let state = try await database.media.find(hash)
        if try await isWhole(hash, state, bytes) {
            // Nothing has to be made, unless it was forgotten this moment.
            let isThere = try await database.transaction { tx in
                try await sendAgain(hash, by: owner, in: tx)
                return try await tx.media.find(hash) != nil
            }
            if isThere { return picture }
        }
        if state == nil || state == .refused {
            // Before the bytes are stored, so that nobody fills the disk with what is refused.
            try await requireRoom(for: picture, of: owner)
        }
        try await upload(picture, bytes, for: owner)
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

    /// Writes the bytes, and then asks for the photo while nobody can take them away again, as
    /// whoever refused the same file a moment ago may be about to.
    private func upload(
        _ picture: Picture, _ bytes: [UInt8], for owner: PhotoOwner
    ) async throws {
        for _ in 0..<Self.writesMax {
            _ = try await originalFolder.write(bytes, on: files)
            let isTaken = try await database.transaction { tx in
                try await tx.media.lockFiles([picture.hash])
                guard try await originalFolder.contains(picture.hash, on: files) else {
                    return false
                }
                try await take(picture, for: owner, in: tx)
                return true
            }
            if isTaken { return }
        }
        throw MediaFault("keep", ENOENT)
    }

    private static let writesMax = 5

    /// Has a worker make the photo, unless it is there already.
    private func take(
        _ picture: Picture, for owner: PhotoOwner, in tx: Transaction
    ) async throws {
        if case .customer(let account) = owner {
            // One after the other, so that what one has waiting is counted.
            guard try await tx.accounts.lockOpen(account) else { throw AccountRefusal.unknown }
        }
        if try await tx.media.insert(picture, of: owner) {
            try await charge(picture.bytes, to: owner, in: tx)
        } else {
            try await sendAgain(picture.hash, by: owner, in: tx)
            switch try await tx.media.find(picture.hash) {
            case .waiting, .making: break
            case .ready:
                if try await hasCopies(of: picture.hash, in: tx) { return }
                try await tx.media.remake(picture.hash)
            case .kept, .refused, nil: return
            }
        }
        try await queuePhoto(picture.hash, in: tx)
    }

    /// What is stored already is the shop's as well now, or is kept for another day.
    private func sendAgain(
        _ hash: ContentHash, by owner: PhotoOwner, in tx: Transaction
    ) async throws {
        switch owner {
        case .seller(let seller):
            if let bytes = try await tx.media.handOver(hash, to: seller) {
                try await charge(bytes, to: owner, in: tx)
            }
        case .customer: try await tx.media.keepLonger(hash)
        }
    }

    private func requireRoom(for picture: Picture, of owner: PhotoOwner) async throws {
        if let seller = owner.seller {
            let most = settings.sellerPictureBytesMax
            guard try await database.media.hasRoom(seller, picture.bytes, most: most) else {
                throw MediaRefusal.storageFull
            }
        }
        try await requireFewWaiting(and: picture, of: owner, in: database)
    }

    /// - Parameter next: what is not among them yet.
    private func requireFewWaiting(
        and next: Picture? = nil, of owner: PhotoOwner, in db: any Queryable
    ) async throws {
        let waiting = try await db.media.waiting(of: owner)
        let most = settings.unmadeMost(owner)
        guard waiting.count + (next == nil ? 0 : 1) <= most.count,
            waiting.bytes + (next?.bytes ?? 0) <= most.bytes
        else { throw MediaRefusal.tooManyWaiting }
    }

    /// Counts what was just stored.
    private func charge(_ bytes: Int, to owner: PhotoOwner, in tx: Transaction) async throws {
        switch owner {
        case .seller(let seller):
            let most = settings.sellerPictureBytesMax
            guard try await tx.media.charge(seller, bytes, most: most) else {
                throw MediaRefusal.storageFull
            }
        case .customer: try await requireFewWaiting(of: owner, in: tx)
        }
    }

    /// Whether everything of a photo is there that is ever made of it.
    private func isWhole(
        _ hash: ContentHash, _ state: PhotoProgress.State?, _ bytes: [UInt8]
    ) async throws -> Bool {
        switch state {
        case .ready: return try await hasCopies(of: hash, in: database)
        case .kept:
            _ = try await pictureFolder.write(bytes, on: files)
            return true
        case .waiting, .making, .refused, nil: return false
        }
    }

    /// Whether the disk still has every copy of a photo.
    private func hasCopies(of hash: ContentHash, in db: any Queryable) async throws -> Bool {
        let copies = try await db.media.copies(of: hash)
        guard !copies.isEmpty else { return false }
        let folder = pictureFolder
        return try await files.run { copies.allSatisfy { folder.has($0) } }
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

extension KernelSettings {
    fileprivate func unmadeMost(_ owner: PhotoOwner) -> (count: Int, bytes: Int) {
        switch owner {
        case .seller: (sellerUnmadeMax, sellerUnmadeBytesMax)
        case .customer: (customerUnmadeMax, customerUnmadeBytesMax)
        }
    }
}
