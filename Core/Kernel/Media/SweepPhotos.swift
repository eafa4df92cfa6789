import Foundation

extension Marketplace {
    /// Has photos made that no worker was asked for, and takes away what workers left that died:
    /// folders in which a photo was being made, and uploads of which the photo is made.
    func sweepPhotos() async throws {
        try await database.transaction { tx in
            for hash in try await tx.media.listUnasked(limit: Self.atOnce) {
                try await queuePhoto(hash, in: tx)
            }
        }
        let making = settings.mediaFolder + "/making"
        let originals = originalFolder
        let old = try await files.run {
            for folder in MediaFolder.entries(of: making, olderThan: 3600) {
                try MediaFolder.removeFolder(folder.path)
            }
            return originals.names(olderThan: 86_400)
        }
        for start in stride(from: 0, to: old.count, by: Self.atOnce) {
            let some = Array(old[start..<min(start + Self.atOnce, old.count)])
            let unmade = try await database.media.unmade(among: some)
            for hash in some where !unmade.contains(hash) {
                try await originals.remove(hash, on: files)
            }
        }
    }

    /// How many photos one turn looks at, at a time.
    private static let atOnce = 200
}

extension MediaFolder {
    /// The hashes of files that were written so many seconds ago.
    fileprivate func names(olderThan seconds: Int) -> [ContentHash] {
        Self.entries(of: path, olderThan: 0).filter { $0.name.count == 2 }.flatMap { folder in
            Self.entries(of: folder.path, olderThan: seconds).compactMap {
                ContentHash(folder.name + $0.name)
            }
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
