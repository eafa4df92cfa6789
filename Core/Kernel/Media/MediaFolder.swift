import Glibc
import ProviderKit

/// Files on disk under their content hash: `ab/cd…`, written once and never changed.
struct MediaFolder: Sendable {
    let path: String

    /// Writes `bytes` unless they are there already, as a file that is new either way. A file
    /// appears whole or not at all, and is on the disk when this returns.
    func write(_ bytes: [UInt8], on threads: WorkThreads) async throws -> ContentHash {
        try await threads.run { try self.writeFile(bytes) }
    }

    /// The bytes of a stored file, or nil when there is none.
    func read(_ hash: ContentHash, on threads: WorkThreads) async throws -> [UInt8]? {
        try await threads.run { try Self.readFile(self.file(of: hash)) }
    }

    /// Forgets a file; nothing when there is none.
    func remove(_ hash: ContentHash, on threads: WorkThreads) async throws {
        try await threads.run { try self.removeFile(hash) }
    }

    /// ``remove(_:on:)`` on the caller's thread.
    func removeFile(_ hash: ContentHash) throws {
        guard unlink(file(of: hash)) != 0, errno != ENOENT else { return }
        throw MediaFault("unlink", errno)
    }

    /// Whether the file is there.
    func contains(_ hash: ContentHash, on threads: WorkThreads) async throws -> Bool {
        try await threads.run { self.has(hash) }
    }

    /// ``contains(_:on:)`` on the caller's thread.
    func has(_ hash: ContentHash) -> Bool { access(file(of: hash), F_OK) == 0 }

    /// What names begin with of files that are being written.
    static let halfWritten = "new-"

    private func folder(of hash: ContentHash) -> String {
        path + "/" + hash.description.prefix(2)
    }

    func file(of hash: ContentHash) -> String {
        folder(of: hash) + "/" + hash.description.dropFirst(2)
    }

    /// ``write(_:on:)`` on the caller's thread.
    func writeFile(_ bytes: [UInt8]) throws -> ContentHash {
        let hash = ContentHash(of: bytes)
        // What is new is not swept away.
        guard utimensat(AT_FDCWD, file(of: hash), nil, 0) != 0 else { return hash }
        try Self.make(folder(of: hash))
        let temporary = path + "/" + Self.halfWritten + hexadecimal(randomBytes(8))
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw MediaFault("open", errno) }
        var written = false
        defer {
            close(descriptor)
            if !written { unlink(temporary) }
        }
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw MediaFault("write", errno) }
            offset += count
        }
        guard fsync(descriptor) == 0 else { throw MediaFault("fsync", errno) }
        guard rename(temporary, file(of: hash)) == 0 else { throw MediaFault("rename", errno) }
        written = true
        return hash
    }

    /// A file's bytes on the caller's thread; nil when there is none.
    static func readFile(_ path: String) throws -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw MediaFault("open", errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw MediaFault("stat", errno) }
        let size = Int(status.st_size)
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Glibc.read(
                    descriptor, buffer.baseAddress?.advanced(by: count), size - count)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                guard got > 0 else { break }
                count += got
            }
        }
        guard failure == 0 else { throw MediaFault("read", failure) }
        return bytes
    }

    static func make(_ folder: String) throws {
        var partial = ""
        for part in folder.split(separator: "/", omittingEmptySubsequences: false) {
            partial += part + "/"
            guard !part.isEmpty, mkdir(partial, 0o750) != 0, errno != EEXIST else { continue }
            throw MediaFault("mkdir", errno)
        }
    }
}

/// The disk did not do what it was asked.
struct MediaFault: Error, CustomStringConvertible {
    let description: String

    init(_ call: String, _ code: Int32) {
        description = "media folder: \(call) failed: \(String(cString: strerror(code)))"
    }
}

extension Marketplace {
    var pictureFolder: MediaFolder { MediaFolder(path: settings.mediaFolder + "/pictures") }
    /// What was uploaded, until the photos of it are made. Nobody is sent any of it.
    var originalFolder: MediaFolder { MediaFolder(path: settings.mediaFolder + "/originals") }
    var documentFolder: MediaFolder { MediaFolder(path: settings.mediaFolder + "/documents") }
}
