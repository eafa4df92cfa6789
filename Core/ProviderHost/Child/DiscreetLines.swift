/// Cuts what a program writes into lines without secrets, in however many pieces it comes.
struct DiscreetLines {
    /// A longer line is broken, in bytes: who writes no line's end must not fill our memory. After
    /// a module's name it is still what a pipe takes at once (PIPE_BUF in pipe(7): 4096).
    static let bytesMax = 4000

    /// What belongs to a line that has not ended.
    private var rest: [UInt8] = []

    /// - Returns: the lines that are whole now, without their ends.
    mutating func take(_ bytes: some Sequence<UInt8>, _ discretion: Discretion) -> [[UInt8]] {
        let longest = discretion.longest
        var lines: [[UInt8]] = []
        for byte in bytes {
            if byte == 0x0A {
                lines += end(discretion)
                continue
            }
            rest.append(byte)
            // Whatever secret begins before the break is there to its end by now.
            while rest.count > Self.bytesMax + longest { lines.append(broken(discretion)) }
        }
        return lines
    }

    /// - Returns: what has come of a line, as if it ended here; nothing of an empty one.
    mutating func end(_ discretion: Discretion) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        while rest.count > Self.bytesMax { lines.append(broken(discretion)) }
        if !rest.isEmpty { lines.append(discretion.bytes(rest)) }
        rest = []
        return lines
    }

    /// Takes the first part of a line that is too long, and breaks no secret.
    private mutating func broken(_ discretion: Discretion) -> [UInt8] {
        let places = discretion.places(in: rest)
        var end = Self.bytesMax
        // Nor a character, which has at most four bytes (RFC 3629, section 3).
        for _ in 0..<3 where rest[end] & 0xC0 == 0x80 { end -= 1 }
        if let place = places.first(where: { $0.lowerBound < end && end < $0.upperBound }) {
            end = place.lowerBound > 0 ? place.lowerBound : place.upperBound
        }
        defer { rest.removeFirst(end) }
        return Discretion.covered(
            Array(rest[..<end]), Array(places.prefix { $0.upperBound <= end }))
    }
}
