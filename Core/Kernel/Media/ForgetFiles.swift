import Postgres

/// The arguments of the job that takes files of photos away.
struct FilesArgs: Codable, Sendable {
    let files: [ContentHash]
}

extension Marketplace {
    static let forgetting = JobKind<FilesArgs>("photos.forget")

    /// Has a worker take files away after commit: whoever dies meanwhile, they go.
    func queueForgetting(_ files: [ContentHash], in tx: Transaction) async throws {
        for start in stride(from: 0, to: files.count, by: Self.filesPerJob) {
            let some = files[start..<min(start + Self.filesPerJob, files.count)]
            try await tx.jobs.enqueue(Self.forgetting, FilesArgs(files: Array(some)))
        }
    }

    private static let filesPerJob = 500

    /// Takes away what has one of these names and is of no use any more: an upload that is not to
    /// be made, a picture that nobody is sent. Both are asked while nobody else can begin to count
    /// on the file.
    func removeUnused(_ hashes: [ContentHash]) async throws {
        let (originals, pictures) = (originalFolder, pictureFolder)
        for start in stride(from: 0, to: hashes.count, by: Self.filesAtOnce) {
            let some = Array(hashes[start..<min(start + Self.filesAtOnce, hashes.count)])
            try await database.transaction { tx in
                try await tx.media.lockFiles(some)
                let unmade = try await tx.media.unmade(among: some)
                let shown = try await tx.media.shownFiles(among: some)
                try await files.run {
                    for hash in some {
                        if !unmade.contains(hash) { try originals.removeFile(hash) }
                        if !shown.contains(hash) { try pictures.removeFile(hash) }
                    }
                }
            }
        }
    }

    /// Each is a lock of the server's.
    private static let filesAtOnce = 50
}
