import Vocabulary

extension Marketplace {
    /// Stores a document of the shop. What it is is read from its bytes: PDF, JPEG or PNG.
    /// - Throws: ``MediaRefusal`` for other bytes or over 10 MB,
    ///   ``SellerRefusal/tooManyDocuments``.
    @discardableResult
    public func addDocument(
        _ kind: SellerDocument.Kind, fileName: String, bytes: [UInt8], as member: SellerMember
    ) async throws -> SellerDocument {
        try member.require(.editProfile)
        let fileName = try InputText.line(fileName, field: "fileName", lengths: 1...200)
        guard bytes.count <= DocumentHeader.bytesMax else {
            throw MediaRefusal.documentTooLarge
        }
        guard let mediaType = DocumentHeader.mediaType(of: bytes) else {
            throw MediaRefusal.documentUnsupported
        }
        // Before the bytes are stored, so that nobody fills the disk with what is refused.
        guard
            try await database.sellerDocuments.list(of: member.seller).count
                < SellerDocument.countMax
        else { throw SellerRefusal.tooManyDocuments }
        let hash = try await documentFolder.write(bytes, on: files)
        let document = SellerDocument(
            id: ID(), kind: kind, fileName: fileName, mediaType: mediaType, bytes: bytes.count,
            state: .pending, note: nil, createdAt: .systemNow)
        try await database.transaction { tx in
            guard try await tx.sellers.lock(member.seller) != nil,
                try await tx.sellerDocuments.list(of: member.seller).count
                    < SellerDocument.countMax
            else { throw SellerRefusal.tooManyDocuments }
            let before = try await tx.audit.before("seller", member.seller.description)
            try await tx.sellerDocuments.insert(document, hash: hash, of: member.seller)
            try await tx.audit.record(
                "seller.document-added", on: "seller", member.seller.description,
                by: member, reason: kind.rawValue, before: before)
        }
        return document
    }

    /// The documents of a seller, oldest first.
    public func documents(of seller: ID<Seller>) async throws -> [SellerDocument] {
        try await database.sellerDocuments.list(of: seller)
    }

    /// The bytes of a document, for administrators and for the shop itself.
    /// - Throws: ``SellerRefusal/documentUnknown``.
    public func documentFile(
        _ id: ID<SellerDocument>, of seller: ID<Seller>
    ) async throws -> MediaFile {
        guard let hash = try await database.sellerDocuments.findHash(id, of: seller),
            let bytes = try await documentFolder.read(hash, on: files)
        else { throw SellerRefusal.documentUnknown }
        let mediaType = DocumentHeader.mediaType(of: bytes) ?? "application/octet-stream"
        return MediaFile(bytes: bytes, mediaType: mediaType)
    }

    /// An administrator's word on one document.
    public func judgeDocument(
        _ id: ID<SellerDocument>, of seller: ID<Seller>, as state: SellerDocument.State,
        note: String? = nil, by admin: ID<Account>
    ) async throws {
        let note = try InputText.optionalLine(note, field: "note", lengthMax: 500)
        try await database.transaction { tx in
            let before = try await tx.audit.before("seller", seller.description)
            guard
                try await tx.sellerDocuments.save(id, of: seller, state, note: note, by: admin)
            else { throw SellerRefusal.documentUnknown }
            try await tx.audit.record(
                "seller.document-\(state.rawValue)", on: "seller", seller.description,
                by: admin, reason: note, before: before)
        }
    }
}
