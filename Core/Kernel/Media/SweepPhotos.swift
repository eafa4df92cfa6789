import Foundation

extension Marketplace {
    /// Has photos made that no worker was asked for, forgets those that were sent and never shown,
    /// and takes away what workers left that died: folders in which a photo was being made, and
    /// uploads of which the photo is made.
    func sweepPhotos() async throws {
        try await database.transaction { tx in
            for hash in try await tx.media.listUnasked(limit: Self.atOnce) {
                try await queuePhoto(hash, in: tx)
            }
        }
        try await forgetLoosePhotos()
        let making = settings.mediaFolder + "/making"
        let (originals, pictures, documents) = (originalFolder, pictureFolder, documentFolder)
        let old = try await files.run {
            for folder in MediaFolder.entries(of: making, olderThan: 3600) {
                try MediaFolder.removeFolder(folder.path)
            }
            for folder in [originals, pictures, documents] { try folder.removeHalfWritten() }
            return originals.folders().flatMap {
                originals.names(in: $0, olderThan: Self.oldSeconds)
            }
        }
        for start in stride(from: 0, to: old.count, by: Self.atOnce) {
            let some = Array(old[start..<min(start + Self.atOnce, old.count)])
            let unmade = try await database.media.unmade(among: some)
            try await removeUnused(some.filter { !unmade.contains($0) })
        }
    }

    /// Takes away pictures that nobody is sent, such as the copies of a photo that was forgotten
    /// while it was being made. One folder of 256 is looked at at a time.
    func sweepPictures() async throws {
        let pictures = pictureFolder
        for folder in try await files.run({ pictures.folders() }) {
            let old = try await files.run {
                pictures.names(in: folder, olderThan: Self.oldSeconds)
            }
            for start in stride(from: 0, to: old.count, by: Self.atOnce) {
                let some = Array(old[start..<min(start + Self.atOnce, old.count)])
                let shown = try await database.media.shownFiles(among: some)
                try await removeUnused(some.filter { !shown.contains($0) })
            }
        }
    }

    /// Photos that customers sent a day ago and that no review shows. More than some thousand
    /// wait for the next turn.
    private func forgetLoosePhotos() async throws {
        for _ in 0..<20 {
            let count = try await database.transaction { tx in
                let loose = try await tx.media.deleteLoose(limit: Self.atOnce)
                try await queueForgetting(loose.files, in: tx)
                return loose.count
            }
            if count < Self.atOnce { return }
        }
    }

    /// How many photos one turn looks at, at a time.
    private static let atOnce = 200
    /// Younger files may be of somebody who is about to name them.
    private static let oldSeconds = 86_400
}

extension MediaFolder {
    /// The folders in it that hold files.
    fileprivate func folders() -> [String] {
        Self.entries(of: path, olderThan: 0).map { $0.name }.filter { $0.count == 2 }
    }

    /// The hashes of files in one of its folders that were written so many seconds ago.
    fileprivate func names(in folder: String, olderThan seconds: Int) -> [ContentHash] {
        Self.entries(of: path + "/" + folder, olderThan: seconds).compactMap {
            ContentHash(folder + $0.name)
        }
    }

    /// Takes away what a writer left a day ago that died.
    fileprivate func removeHalfWritten() throws {
        for file in Self.entries(of: path, olderThan: 86_400)
        where file.name.hasPrefix(Self.halfWritten) {
            unlink(file.path)
        }
    }

    /// What is in a folder and was last written so many seconds ago; nothing for no folder.
    fileprivate static func entries(
        of folder: String, olderThan seconds: Int
    ) -> [(path: String, name: String)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return names.compactMap { name in
            let path = folder + "/" + name
            var status = stat()
            guard stat(path, &status) == 0,
                seconds == 0 || status.st_mtim.tv_sec < now.tv_sec - seconds
            else { return nil }
            return (path, name)
        }
    }

    /// With all that is in it; nothing for no folder.
    static func removeFolder(_ folder: String) throws {
        guard FileManager.default.fileExists(atPath: folder) else { return }
        try FileManager.default.removeItem(atPath: folder)
    }
}
