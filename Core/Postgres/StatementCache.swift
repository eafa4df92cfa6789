import Glibc

/// A statement that one connection has prepared, or is preparing.
final class CachedStatement {
    let text: String
    /// The server-side name, zero-terminated, as libpq takes it.
    let name: UnsafePointer<CChar>
    /// False until the server has confirmed it: until then others must not count on it.
    var isReady = false
    fileprivate(set) var lastUse: UInt64 = 0

    fileprivate init(text: String, number: UInt64) {
        self.text = text
        name = UnsafePointer(strdup("s\(number)"))
    }

    deinit { free(UnsafeMutablePointer(mutating: name)) }
}

/// What one connection has prepared, by text, at most `capacity`; the least recently used goes.
struct StatementCache {
    private var entries: [String: CachedStatement] = [:]
    private let capacity: Int
    private var uses: UInt64 = 0
    private var lastNumber: UInt64 = 0

    init(capacity: Int) { self.capacity = capacity }

    mutating func find(_ text: String) -> CachedStatement? {
        guard let entry = entries[text] else { return nil }
        uses &+= 1
        entry.lastUse = uses
        return entry
    }

    mutating func insert(_ text: String) -> CachedStatement {
        uses &+= 1
        lastNumber += 1
        let entry = CachedStatement(text: text, number: lastNumber)
        entry.lastUse = uses
        entries[text] = entry
        return entry
    }

    mutating func remove(_ entry: CachedStatement) {
        if entries[entry.text] === entry { entries[entry.text] = nil }
    }

    /// Takes out the entry to make room for one more; nil while there is room.
    mutating func evict() -> CachedStatement? {
        guard entries.count >= capacity else { return nil }
        let oldest = entries.values.filter(\.isReady).min { $0.lastUse < $1.lastUse }
        if let oldest { entries[oldest.text] = nil }
        return oldest
    }
}
