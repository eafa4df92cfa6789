import Glibc

/// The folder of the provider host's socket. Whoever can connect can move money, and where others
/// may put files, one of theirs could stand in the socket's place: it is this user's alone.
enum SocketFolder {
    static let mode: mode_t = 0o700

    /// Makes it where it is missing, of mode 0700.
    /// - Throws: ``HostListenerError`` when it belongs to another user, or others may look or write
    ///   into it.
    static func prepare(for path: String) throws {
        let parts = path.split(separator: "/").dropLast()
        let folder = parts.reduce("") { $0 + "/" + $1 }
        if mkdir(folder.isEmpty ? "/" : folder, mode) == 0 { return }
        var status = stat()
        guard errno == EEXIST, stat(folder.isEmpty ? "/" : folder, &status) == 0,
            status.st_mode & S_IFMT == S_IFDIR
        else {
            throw HostListenerError(
                description: "The folder \(folder) of the provider host's socket cannot be made: "
                    + String(cString: strerror(errno)))
        }
        guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw HostListenerError(
                description: "Others may look into \(folder): the provider host's socket needs a "
                    + "folder that is its user's alone (chmod 700).")
        }
    }
}
