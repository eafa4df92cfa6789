import FoundationEssentials
import Glibc

/// A file that says which module a process is loading at the moment, so that the next process
/// leaves a module alone that has ended several before it: nothing else would serve any more.
struct LoadingNotes: Sendable {
    /// So many processes end while they load one file before it is left alone. One or two may
    /// have been killed by chance.
    static let endsMax = 3

    /// How often a file, as it was then, ended who loaded it.
    private struct Entry: Codable {
        var stamp: String
        var ends: Int
    }

    let path: String

    /// Runs `body`, which loads `file`, and remembers if it never returns.
    /// - Throws: a sentence when it has never returned too often, and what `body` throws.
    func loading<Value>(
        _ file: String, _ body: () throws(ModuleFile.Problem) -> Value
    ) throws(ModuleFile.Problem) -> Value {
        var entries = read()
        let stamp = Self.stamp(of: file)
        let before = entries[file].flatMap { $0.stamp == stamp ? $0.ends : nil } ?? 0
        guard before < Self.endsMax else {
            throw ModuleFile.Problem(
                description: "It ended \(before) processes that loaded it. It is tried again "
                    + "when the file has changed.")
        }
        entries[file] = Entry(stamp: stamp, ends: before + 1)
        write(entries)
        defer {
            entries[file] = nil
            write(entries)
        }
        return try body()
    }

    /// Tells a file from another one of its name.
    private static func stamp(of file: String) -> String {
        var status = stat()
        guard stat(file, &status) == 0 else { return "" }
        return "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec) "
            + "\(status.st_mtim.tv_nsec)"
    }

    private func read() -> [String: Entry] {
        // One that was cut short is none.
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return [:] }
        return (try? JSONDecoder().decode([String: Entry].self, from: data)) ?? [:]
    }

    private func write(_ entries: [String: Entry]) {
        if entries.isEmpty {
            unlink(path)
        } else {
            try? JSONEncoder().encode(entries).write(to: URL(filePath: path))
        }
    }
}
