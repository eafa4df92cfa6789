/// A module's version, to be compared: `1.10` comes after `1.9`.
public struct ModuleVersion: Hashable, Comparable, Sendable {
    public let text: String
    private let numbers: [Int]

    /// Numbers with dots between; what is no number counts as 0.
    public init(_ text: String) {
        self.text = text
        numbers = text.split(separator: ".", omittingEmptySubsequences: false).prefix(8)
            .map { Int($0.prefix { $0.isNumber }) ?? 0 }
    }

    /// Versions of one major number can serve each other's instances.
    public var major: Int { numbers.first ?? 0 }

    public static func < (left: ModuleVersion, right: ModuleVersion) -> Bool {
        let count = max(left.numbers.count, right.numbers.count)
        for index in 0..<count {
            let (one, other) = (left.number(index), right.number(index))
            if one != other { return one < other }
        }
        return left.text < right.text
    }

    private func number(_ index: Int) -> Int { index < numbers.count ? numbers[index] : 0 }
}
