/// The text so far, and the values that are under way, each within the one before it. Whoever
/// writes into one closes those within it first: nobody says when they are done with a container.
///
/// What is written far more often than anything else may write itself here, text by text, past
/// Swift's coders; ``JSONFields`` reads it in the same way.
package final class JSONOutput {
    private enum Kind: UInt8 { case nothing, object, list, plain }

    private struct Level {
        var kind = Kind.nothing
        var count = 0
    }

    // No method calls out to anybody while it touches these, so that there is nothing for Swift to
    // watch over; it would cost a tenth of the whole.
    @exclusivity(unchecked) private var levels: [Level] = []
    @exclusivity(unchecked) private var text: UnsafeMutableBufferPointer<UInt8>
    @exclusivity(unchecked) private var count = 0

    package init() {
        text = .allocate(capacity: 1024)
        levels.reserveCapacity(16)
    }

    deinit { text.deallocate() }

    package var bytes: [UInt8] { Array(text[..<count]) }

    // MARK: Values

    /// Begins a value within all others.
    func enter() -> Int {
        levels.append(Level())
        return levels.count - 1
    }

    /// It is an object, or a list; once it is one it stays that.
    func open(_ depth: Int, asObject isObject: Bool) {
        guard levels[depth].kind == .nothing else { return }
        levels[depth].kind = isObject ? .object : .list
        write(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
    }

    func close(_ depth: Int) {
        while levels.count > depth {
            switch levels.removeLast().kind {
            case .object: write(UInt8(ascii: "}"))
            case .list: write(UInt8(ascii: "]"))
            // A type without members encodes nothing.
            case .nothing:
                write(UInt8(ascii: "{"))
                write(UInt8(ascii: "}"))
            case .plain: break
            }
        }
    }

    /// It is a plain value, which whoever asks writes.
    func settle(_ depth: Int) {
        if levels[depth].kind == .nothing { levels[depth].kind = .plain }
    }

    func items(_ depth: Int) -> Int { levels[depth].count }

    /// Begins the next item.
    func next(_ depth: Int) {
        close(depth + 1)
        if levels[depth].count > 0 { write(UInt8(ascii: ",")) }
        levels[depth].count += 1
    }

    /// Begins the next member.
    func next(_ depth: Int, _ name: String) {
        next(depth)
        write(name)
        write(UInt8(ascii: ":"))
    }

    // MARK: Text

    private func write(_ byte: UInt8) {
        reserve(1)
        text[count] = byte
        count += 1
    }

    private func reserve(_ more: Int) {
        guard count + more > text.count else { return }
        let larger = UnsafeMutableBufferPointer<UInt8>.allocate(
            capacity: max(text.count * 2, count + more))
        _ = larger.update(fromContentsOf: text[..<count])
        text.deallocate()
        text = larger
    }

    /// In quotes.
    package func write(_ words: String) {
        var words = words
        words.withUTF8 { bytes in
            var isOdd = false
            for byte in bytes {
                isOdd =
                    isOdd || byte < 0x20 || byte == UInt8(ascii: "\"")
                    || byte == UInt8(ascii: "\\")
            }
            // An escape has six bytes at most.
            reserve(bytes.count * (isOdd ? 6 : 1) + 2)
            write(UInt8(ascii: "\""))
            if isOdd {
                for byte in bytes { escape(byte) }
            } else {
                let end = text[count...].update(fromContentsOf: bytes)
                count = end
            }
            write(UInt8(ascii: "\""))
        }
    }

    private func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            write(UInt8(ascii: "\\"))
            write(byte)
        case 0..<0x20:
            write(plain: byte < 0x10 ? "\\u000" : "\\u00")
            write(plain: String(byte, radix: 16))
        default: write(byte)
        }
    }

    /// As it is.
    func write(plain words: String) { for byte in words.utf8 { write(byte) } }

    /// As it is: the names of members, and what stands between them.
    package func write(literally words: StaticString) {
        let bytes = UnsafeBufferPointer(start: words.utf8Start, count: words.utf8CodeUnitCount)
        reserve(bytes.count)
        count = text[count...].update(fromContentsOf: bytes)
    }

    /// As they are: a value that is JSON already.
    package func write(literally bytes: [UInt8]) {
        reserve(bytes.count)
        count = text[count...].update(fromContentsOf: bytes)
    }

    package func write(_ number: Int64) { write(number: number) }
    package func write(_ isSo: Bool) { write(literally: isSo ? "true" : "false") }

    func write<Number: FixedWidthInteger>(number: Number) {
        var digits = 1
        var rest = number.magnitude / 10
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        reserve(digits + 1)
        if number < 0 { write(UInt8(ascii: "-")) }
        rest = number.magnitude
        for index in stride(from: count + digits - 1, through: count, by: -1) {
            text[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += digits
    }

    func write<Number: BinaryFloatingPoint & CustomStringConvertible>(
        fraction number: Number
    ) throws {
        guard number.isFinite else {
            throw EncodingError.invalidValue(
                number, .init(codingPath: [], debugDescription: "JSON has no such number"))
        }
        if let whole = Int64(exactly: number) {
            write(number: whole)
        } else {
            write(plain: number.description)
        }
    }
}
