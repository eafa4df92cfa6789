import Glibc
import Kernel
import Vocabulary

extension ProcessIdentity {
    /// This process.
    /// - Parameter name: as in its log.
    static func current(as name: String) -> ProcessIdentity {
        ProcessIdentity(
            machine: hostName, name: name, pid: Int(getpid()), startedAt: .systemNow, build: build)
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "this machine" }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? "this machine" : String(decoding: bytes, as: UTF8.self)
    }

    /// The newest migration that this program ships, and when its file was written: `m0144,
    /// 2026-11-22 06:10`.
    private static var build: String {
        let schema = Migration.names.last.map { String($0.prefix { $0 != "-" }) } ?? "no schema"
        var file = stat()
        // It stays the file that was started, though another has taken its place.
        guard stat("/proc/self/exe", &file) == 0 else { return schema }
        let written = Instant(secondsSince1970: Int64(file.st_mtim.tv_sec)).description
        return "\(schema), \(written.prefix(10)) \(written.dropFirst(11).prefix(5))"
    }
}
