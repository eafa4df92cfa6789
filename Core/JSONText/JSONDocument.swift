/// A document with its tape: what is at a place of it, as the values of Swift.
final class JSONDocument: Sendable {
    let bytes: [UInt8]
    let tape: JSONTape

    /// What stands where nothing does.
    static let null = JSONDocument(bytes: Array("null".utf8), tape: .null)

    private init(bytes: [UInt8], tape: JSONTape) {
        self.bytes = bytes
        self.tape = tape
    }

    /// - Throws: ``JSONFault``.
    convenience init(_ bytes: [UInt8]) throws {
        self.init(bytes: bytes, tape: try JSONTape(bytes))
    }

    func entry(_ index: Int) -> JSONTape.Entry { tape.entries[index] }

    func text(_ entry: JSONTape.Entry) -> String {
        let range = Int(entry.start)..<Int(entry.start + entry.length)
        guard entry.kind == .escapedText else {
            return String(decoding: bytes[range], as: UTF8.self)
        }
        return unescaped(range)
    }

    /// That escapes are whole, and surrogates in pairs, the tape has seen.
    private func unescaped(_ range: Range<Int>) -> String {
        var plain: [UInt8] = []
        plain.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "\\") else {
                plain.append(byte)
                index += 1
                continue
            }
            let letter = bytes[index + 1]
            index += 2
            switch letter {
            case UInt8(ascii: "b"): plain.append(0x08)
            case UInt8(ascii: "f"): plain.append(0x0C)
            case UInt8(ascii: "n"): plain.append(0x0A)
            case UInt8(ascii: "r"): plain.append(0x0D)
            case UInt8(ascii: "t"): plain.append(0x09)
            case UInt8(ascii: "u"):
                var units = [unit(at: index)]
                index += 4
                if UTF16.isLeadSurrogate(units[0]) {
                    units.append(unit(at: index + 2))
                    index += 6
                }
                plain += String(decoding: units, as: UTF16.self).utf8
            default: plain.append(letter)
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }

    private func unit(at index: Int) -> UInt16 {
        bytes[index..<index + 4].reduce(0) { $0 << 4 | (hexadecimalDigit($1) ?? 0) }
    }

    /// Exactly, by its digits: no amount passes through a floating-point number. Nil when it has a
    /// fraction or does not fit.
    func integer<Number: FixedWidthInteger>(_ entry: JSONTape.Entry, _: Number.Type) -> Number? {
        let text = bytes
        var index = Int(entry.start)
        let end = index + Int(entry.length)
        let isNegative = text[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        var value: Number = 0
        while index < end {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return wholeNumber(entry) }
            guard let more = Self.value(value, with: digit, isNegative) else { return nil }
            value = more
            index += 1
        }
        return value
    }

    private static func value<Number: FixedWidthInteger>(
        _ value: Number, with digit: UInt8, _ isNegative: Bool
    ) -> Number? {
        let (tens, isTooMuch) = value.multipliedReportingOverflow(by: 10)
        let (sum, isOver) =
            isNegative
            ? tens.subtractingReportingOverflow(Number(digit))
            : tens.addingReportingOverflow(Number(digit))
        return isTooMuch || isOver ? nil : sum
    }

    /// One with a fraction or an exponent, `12.0` or `12e2`; nil unless it is whole, and fits.
    private func wholeNumber<Number: FixedWidthInteger>(_ entry: JSONTape.Entry) -> Number? {
        let text = bytes[Int(entry.start)..<Int(entry.start + entry.length)]
        let isNegative = text.first == UInt8(ascii: "-")
        let parts = text.split(maxSplits: 1) { $0 | 0x20 == UInt8(ascii: "e") }
        let mantissa = parts[0]
        var exponent = 0
        if parts.count > 1 {
            let written = parts[1]
            for byte in written where byte &- UInt8(ascii: "0") < 10 {
                // More than any number here has digits, and less than overflows.
                exponent = min(exponent * 10 + Int(byte - UInt8(ascii: "0")), 1 << 40)
            }
            if written.first == UInt8(ascii: "-") { exponent = -exponent }
        }
        if let point = mantissa.firstIndex(of: UInt8(ascii: ".")) {
            exponent -= mantissa.endIndex - point - 1
        }
        var digits = mantissa.filter { $0 &- UInt8(ascii: "0") < 10 }.map { $0 - UInt8(ascii: "0") }
        guard digits.contains(where: { $0 != 0 }) else { return 0 }
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        guard exponent >= 0 else { return nil }
        var value: Number = 0
        for digit in digits {
            guard let more = Self.value(value, with: digit, isNegative) else { return nil }
            value = more
        }
        for _ in 0..<exponent {
            guard let more = Self.value(value, with: 0, isNegative) else { return nil }
            value = more
        }
        return value
    }

    /// Nil for one that is too large, or so small that only nought is left of it.
    func fraction<Number: BinaryFloatingPoint & LosslessStringConvertible>(
        _ entry: JSONTape.Entry, _: Number.Type
    ) -> Number? {
        let text = bytes[Int(entry.start)..<Int(entry.start + entry.length)]
        guard let value = Number(String(decoding: text, as: UTF8.self)), value.isFinite else {
            return nil
        }
        if value == 0 {
            let mantissa = text.prefix { $0 | 0x20 != UInt8(ascii: "e") }
            let isNought = mantissa.allSatisfy { !(UInt8(ascii: "1")...UInt8(ascii: "9") ~= $0) }
            guard isNought else { return nil }
        }
        return value
    }

    /// The value of a member; of several with one name the first, as Foundation takes it.
    func member(_ name: String, of object: Int) -> Int? {
        let end = Int(entry(object).next)
        var index = object + 1
        if tape.hasOddNames {
            while index < end {
                if text(entry(index)) == name { return index + 1 }
                index = Int(entry(index + 1).next)
            }
            return nil
        }
        let wanted = name.utf8.span
        let bytes = bytes
        let text = bytes.span
        while index < end {
            let key = entry(index)
            if key.length == wanted.count, Self.equals(text, Int(key.start), wanted) {
                return index + 1
            }
            index = Int(entry(index + 1).next)
        }
        return nil
    }

    /// Whether the entry is the name of a member, written as it is.
    func isNamed(_ name: StaticString, _ index: Int) -> Bool {
        let entry = entry(index)
        guard entry.length == name.utf8CodeUnitCount else { return false }
        let start = Int(entry.start)
        for offset in 0..<name.utf8CodeUnitCount
        where bytes[start + offset] != name.utf8Start[offset] {
            return false
        }
        return true
    }

    private static func equals(_ text: Span<UInt8>, _ start: Int, _ name: Span<UInt8>) -> Bool {
        for index in name.indices where text[start + index] != name[index] { return false }
        return true
    }

    /// The names of an object's members, each once, with the entries of their values.
    func members(of object: Int) -> [(name: String, index: Int)] {
        let end = Int(entry(object).next)
        var members: [(name: String, index: Int)] = []
        var seen: Set<String> = []
        var index = object + 1
        while index < end {
            let name = text(entry(index))
            if entry(object).length == 1 || seen.insert(name).inserted {
                members.append((name, index + 1))
            }
            index = Int(entry(index + 1).next)
        }
        return members
    }

    /// The way from the whole to a value. Looked for only when something is wrong with it.
    func path(to wanted: Int) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var index = 0
        while index < wanted, wanted < entry(index).next {
            let isObject = entry(index).kind == .object
            var child = isObject ? index + 2 : index + 1
            var number = 0
            while entry(child).next <= wanted {
                child = Int(entry(child).next) + (isObject ? 1 : 0)
                number += 1
            }
            path.append(
                isObject ? JSONStep(text(entry(child - 1))) : JSONStep(number: number))
            index = child
        }
        return path
    }
}

extension JSONTape {
    /// Of a document that is `null`.
    static var null: JSONTape {
        // Four known bytes.
        (try? JSONTape(Array("null".utf8))) ?? JSONTape()
    }

    private init() {}
}

/// One step of a coding path.
struct JSONStep: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ name: String) {
        stringValue = name
        intValue = nil
    }

    init(number: Int) {
        stringValue = "Index \(number)"
        intValue = number
    }

    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { self.init(number: intValue) }
}
