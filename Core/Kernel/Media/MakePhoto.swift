import Glibc
import Postgres
import ProviderKit
import Vocabulary

/// The arguments of the job that makes a photo.
struct PhotoArgs: Codable, Sendable {
    let photo: ContentHash
}

extension Marketplace {
    private static let making = JobKind<PhotoArgs>("photos.make", lane: .photos, attemptsMax: 8)

    private func makePhotoOrTell(_ hash: ContentHash, _ run: JobRun) async throws -> JobOutcome {
        do {
            return try await makePhoto(hash, run)
        } catch let failure as PhotoTool.Failure
            where failure.mayBeThePicture && run.attempt >= Self.making.attemptsMax
        {
            // It had its time on a quiet machine, too.
            return try await refusePhoto(hash, .tooMuchWork, run)
        }
    }

    func addPhotos(to handlers: inout JobHandlers) {
        handlers.on(Self.making) { args, run in try await makePhotoOrTell(args.photo, run) }
        handlers.every(.seconds(600), JobKind("photos.sweep", lane: .photos)) { _ in
            try await sweepPhotos()
            return .done
        }
        handlers.every(.seconds(21_600), JobKind("photos.sweep-pictures", lane: .bulk)) { _ in
            try await sweepPictures()
            return .done
        }
        handlers.on(Self.forgetting) { args, _ in
            try await removeUnused(args.files)
            return .done
        }
    }

    /// Has a worker make the photo after commit.
    func queuePhoto(_ hash: ContentHash, in tx: Transaction) async throws {
        try await tx.jobs.enqueue(
            Self.making, PhotoArgs(photo: hash), uniqueKey: hash.description)
    }

    /// Makes the copies of a photo. A worker that dies on the way leaves what was uploaded, and
    /// files that the next one writes again under the same names.
    private func makePhoto(_ hash: ContentHash, _ run: JobRun) async throws -> JobOutcome {
        guard let photo = try await database.media.begin(hash) else { return .done }
        let source = photo.isKept ? pictureFolder : originalFolder
        let folder = settings.mediaFolder + "/making/" + hexadecimal(randomBytes(8))
        do {
            let copies = try await cleaningUp(folder) {
                try await makeCopies(photo, from: source, in: folder)
            }
            switch try await finishPhoto(hash, copies, run) {
            case .finished: break
            case .forgotten:
                try await removeUnused([hash] + copies.map(\.hash))
                return .done
            case .copiesTaken: return .snooze(.seconds(1))
            }
        } catch let refusal as MediaRefusal {
            return try await refusePhoto(hash, refusal, run)
        } catch PhotoTool.Failure.missing {
            logger.error(
                "photos.no-tool",
                metadata: ["tool": "\(settings.photoTool)", "package": "libvips-tools"])
            return .snooze(.seconds(60))
        }
        // The sweep takes what is left when this worker dies here.
        try await removeUnused([hash])
        return .done
    }

    private enum PhotoEnd {
        case finished
        /// Whoever it was of was erased meanwhile.
        case forgotten
        /// Another photo had the same copies, and was forgotten before this one named them.
        case copiesTaken
    }

    private func finishPhoto(
        _ hash: ContentHash, _ copies: [Rendition], _ run: JobRun
    ) async throws -> PhotoEnd {
        guard let shown = copies.last(where: { $0.type == .jpeg }) else { return .copiesTaken }
        let (names, pictures) = (copies.map(\.hash), pictureFolder)
        return try await changingPhoto { tx in
            try await tx.media.lockFiles(names)
            guard try await files.run({ names.allSatisfy { pictures.has($0) } }) else {
                return .copiesTaken
            }
            guard let listings = try await tx.images.lockShowing(hash) else { return .forgotten }
            try await tx.media.finish(hash, copies, shown: shown)
            try await tx.listings.refresh(listings)
            try await run.finish(in: tx)
            return .finished
        }
    }

    /// Nobody is shown it, and its seller is told why. A kept one goes on being shown as it came.
    private func refusePhoto(
        _ hash: ContentHash, _ refusal: MediaRefusal, _ run: JobRun
    ) async throws -> JobOutcome {
        logger.info("photos.refused", metadata: ["code": "\(refusal.code)"])
        try await changingPhoto { tx in
            guard let listings = try await tx.images.lockShowing(hash) else { return }
            if try await tx.media.find(hash) == .kept {
                try await tx.media.keepAsItIs(hash)
            } else {
                try await tx.media.refuse(hash, refusal)
                try await tx.listings.refresh(listings)
            }
            try await run.finish(in: tx)
        }
        try await removeUnused([hash])
        return .done
    }

    /// Begins anew when another listing came to show the photo while this one's were locked.
    private func changingPhoto<Value: Sendable>(
        _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        for _ in 0..<10 {
            do {
                return try await database.transaction { tx in try await body(tx) }
            } catch is ShownElsewhere {
                continue
            }
        }
        return try await database.transaction { tx in try await body(tx) }
    }

    /// Narrowest first, one type after the other, telling how far it is.
    private func makeCopies(
        _ photo: UnmadePhoto, from source: MediaFolder, in folder: String
    ) async throws -> [Rendition] {
        let tool = PhotoTool(program: settings.photoTool, deadline: settings.photoDeadline)
        let (base, mediaType) = (folder + "/photo.png", photo.mediaType)
        let width = try await photographing.run {
            try source.mustHave(photo.hash)
            try MediaFolder.make(folder)
            return try tool.open(source.file(of: photo.hash), mediaType, into: base)
        }
        let widths = PhotoWidths.fitting(width)
        let wanted = widths.count * PhotoType.allCases.count
        var copies: [Rendition] = []
        for width in widths {
            for type in PhotoType.allCases {
                try await database.media.saveProgress(
                    photo.hash, made: copies.count, of: wanted)
                let path = "\(folder)/\(width).\(type.suffix)"
                let pictures = pictureFolder
                copies.append(
                    try await photographing.run {
                        try tool.write(base, as: type, width: width, to: path)
                        return try pictures.keep(path, as: type)
                    })
            }
        }
        return copies
    }

    private func cleaningUp<Value: Sendable>(
        _ folder: String, _ body: () async throws -> Value
    ) async throws -> Value {
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        try await files.run { try MediaFolder.removeFolder(folder) }
        return try outcome.get()
    }
}

extension MediaFolder {
    /// A disk that is not there, or fails, is no reason to give a photo up.
    /// - Throws: ``MediaRefusal/lost`` when the folder is there and the file is not.
    fileprivate func mustHave(_ hash: ContentHash) throws {
        guard access(file(of: hash), R_OK) != 0 else { return }
        let code = errno
        guard code == ENOENT, access(path, F_OK) == 0 else { throw MediaFault("open", code) }
        throw MediaRefusal.lost
    }

    /// Takes a copy that the tool wrote into the folder, under its own hash.
    fileprivate func keep(_ path: String, as type: PhotoType) throws -> Rendition {
        guard let bytes = try Self.readFile(path), let header = PictureHeader(bytes),
            header.mediaType == type.rawValue
        else { throw PhotoTool.Failure.broken("the tool wrote no \(type.rawValue)") }
        let plain = type == .webp ? WebPChunks.withoutMetadata(bytes) : bytes
        return Rendition(
            type: type, width: header.width, height: header.height, bytes: plain.count,
            hash: try writeFile(plain))
    }
}
