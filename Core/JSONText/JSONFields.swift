/// The members of an object for a value that reads itself, past Swift's decoders: in the order in
/// which it writes them they are found without a search, in any other one all the same.
package struct JSONFields {
    private let object: JSONBytesDecoder
    /// The name that is likely to be asked for next: the one after those that were.
    private var next: Int

    /// - Throws: ``JSONMisfit`` when it is no object.
    package init(_ object: JSONBytesDecoder) throws(JSONMisfit) {
        guard object.entry.kind == .object else { throw JSONMisfit() }
        self.object = object
        next = object.index + 1
    }

    /// The only member, for a choice: an object with one key, its case.
    package static func choice(
        _ name: StaticString, in object: JSONBytesDecoder
    ) throws(JSONMisfit) -> JSONBytesDecoder? {
        guard object.entry.kind == .object, object.entry.length == 1 else { throw JSONMisfit() }
        return object.document.isNamed(name, object.index + 1)
            ? object.at(object.index + 2) : nil
    }

    /// Nil when there is none, or it is null. Each name is asked for once.
    package mutating func find(_ name: StaticString) -> JSONBytesDecoder? {
        let document = object.document
        let index: Int
        if !document.tape.hasOddNames, next < Int(object.entry.next),
            document.isNamed(name, next)
        {
            index = next + 1
            next = Int(document.entry(index).next)
        } else {
            // The place stays: of several of one name the first counts, and it may stand there.
            guard let found = document.member(name.description, of: object.index) else {
                return nil
            }
            index = found
        }
        let value = object.at(index)
        return value.entry.kind == .null ? nil : value
    }

    /// - Throws: ``JSONMisfit`` when it is missing, as all below do.
    package mutating func value(_ name: StaticString) throws(JSONMisfit) -> JSONBytesDecoder {
        guard let value = find(name) else { throw JSONMisfit() }
        return value
    }

    package mutating func text(_ name: StaticString) throws(JSONMisfit) -> String {
        try value(name).ownText
    }

    /// - Throws: ``JSONMisfit`` when it is there and no text.
    package mutating func textIfAny(_ name: StaticString) throws(JSONMisfit) -> String? {
        guard let value = find(name) else { return nil }
        return try value.ownText
    }

    package mutating func number(_ name: StaticString) throws(JSONMisfit) -> Int64 {
        try value(name).ownNumber
    }

    /// - Throws: ``JSONMisfit`` when it is there and no whole number.
    package mutating func numberIfAny(_ name: StaticString) throws(JSONMisfit) -> Int64? {
        guard let value = find(name) else { return nil }
        return try value.ownNumber
    }

    package mutating func isTrue(_ name: StaticString) throws(JSONMisfit) -> Bool {
        switch try value(name).entry.kind {
        case .yes: true
        case .no: false
        default: throw JSONMisfit()
        }
    }

    package mutating func list(_ name: StaticString) throws(JSONMisfit) -> JSONSequence {
        try JSONSequence(try value(name))
    }
}

/// It is not written as a value that reads itself expects it. Its decoder says what is wrong, or
/// finds that nothing is.
package struct JSONMisfit: Error {
    package init() {}
}

extension JSONBytesDecoder {
    package var ownText: String {
        get throws(JSONMisfit) {
            let entry = entry
            guard entry.kind == .text || entry.kind == .escapedText else { throw JSONMisfit() }
            return document.text(entry)
        }
    }

    package var ownNumber: Int64 {
        get throws(JSONMisfit) {
            let entry = entry
            guard entry.kind == .number, let number = document.integer(entry, Int64.self) else {
                throw JSONMisfit()
            }
            return number
        }
    }
}

/// The items of a list for a value that reads itself.
package struct JSONSequence {
    private let list: JSONBytesDecoder
    private var index: Int
    private var left: Int

    /// - Throws: ``JSONMisfit`` when it is no list.
    init(_ list: JSONBytesDecoder) throws(JSONMisfit) {
        guard list.entry.kind == .list else { throw JSONMisfit() }
        self.list = list
        index = list.index + 1
        left = Int(list.entry.length)
    }

    package var count: Int { left }

    /// Nil after the last one.
    package mutating func next() -> JSONBytesDecoder? {
        guard left > 0 else { return nil }
        let item = list.at(index)
        index = Int(item.entry.next)
        left -= 1
        return item
    }
}
