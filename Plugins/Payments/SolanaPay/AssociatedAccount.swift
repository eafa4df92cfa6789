import ProviderKit

extension ChainAddress {
    /// Where a wallet keeps its tokens of a mint: the address that the associated-token program
    /// derives from wallet, token program and mint. Nil when none of 256 tries is one, which is as
    /// good as impossible.
    ///
    /// Source: Solana documentation, "Program derived addresses": SHA-256 of the seeds, a bump from
    /// 255 down, the program and a fixed word; the first that is no point of the curve counts, so
    /// that nobody can have a key for it.
    static func associatedAccount(
        of owner: ChainAddress, mint: ChainAddress, program: ChainAddress
    ) -> ChainAddress? {
        for bump in (0...UInt8.max).reversed() {
            let seeds = owner.bytes + program.bytes + mint.bytes + [bump]
            let hash = sha256(
                seeds + ChainAddress.associatedToken.bytes + Array("ProgramDerivedAddress".utf8))
            if let address = ChainAddress(bytes: hash), !address.isOnCurve { return address }
        }
        return nil
    }

    /// Whether the bytes are a point of edwards25519 (RFC 8032, section 5.1.3), as the chain's
    /// programs decide it: x² = (y² - 1) / (d·y² + 1) must be a square.
    var isOnCurve: Bool {
        let squared = CurveField(littleEndian: bytes).squared()
        let above = squared.subtracting(.one)
        let below = CurveField.d.multiplied(by: squared).adding(.one)
        // A quotient is a square when the product is; the product needs no division.
        return above.multiplied(by: below).isSquare
    }
}

/// Integers modulo 2²⁵⁵ - 19, in four limbs, the lowest first. Only for public values: it takes no
/// care to be as fast for one as for another.
struct CurveField: Equatable {
    private var limbs: [UInt64]

    static let one = CurveField([1, 0, 0, 0])
    /// -121665 / 121666, the curve's constant (RFC 8032, section 5.1).
    static let d = CurveField([
        0x75eb_4dca_1359_78a3, 0x0070_0a4d_4141_d8ab, 0x8cc7_4079_7779_e898,
        0x5203_6cee_2b6f_fe73,
    ])
    private static let modulus: [UInt64] = [
        0xffff_ffff_ffff_ffed, .max, .max, 0x7fff_ffff_ffff_ffff,
    ]
    /// (p - 1) / 2 = 2²⁵⁴ - 10.
    private static let eulerExponent: [UInt64] = [
        0xffff_ffff_ffff_fff6, .max, .max, 0x3fff_ffff_ffff_ffff,
    ]

    private init(_ limbs: [UInt64]) { self.limbs = limbs }

    /// The highest bit is left out: an address keeps a sign there.
    init(littleEndian bytes: [UInt8]) {
        limbs = (0..<4).map { limb in
            (0..<8).reduce(0) { $0 | UInt64(bytes[limb * 8 + $1]) << UInt64($1 * 8) }
        }
        limbs[3] &= 0x7fff_ffff_ffff_ffff
        reduce()
    }

    func adding(_ other: CurveField) -> CurveField {
        // Both are below 2²⁵⁵, so the sum fits into 256 bits.
        var sum = CurveField(limbs)
        var carry: UInt64 = 0
        for index in 0..<4 {
            let (first, over) = sum.limbs[index].addingReportingOverflow(other.limbs[index])
            let (second, again) = first.addingReportingOverflow(carry)
            sum.limbs[index] = second
            carry = (over ? 1 : 0) + (again ? 1 : 0)
        }
        sum.reduce()
        return sum
    }

    func subtracting(_ other: CurveField) -> CurveField {
        var negative = CurveField(Self.modulus)
        negative.takeAway(other.limbs)
        return adding(negative)
    }

    func multiplied(by other: CurveField) -> CurveField {
        var wide = [UInt64](repeating: 0, count: 8)
        for left in 0..<4 {
            var carry: UInt64 = 0
            for right in 0..<4 {
                let (high, low) = limbs[left].multipliedFullWidth(by: other.limbs[right])
                let (first, over) = wide[left + right].addingReportingOverflow(low)
                let (second, again) = first.addingReportingOverflow(carry)
                wide[left + right] = second
                // The high half of a product is at most 2⁶⁴ - 2, and takes both carries.
                carry = high &+ (over ? 1 : 0) &+ (again ? 1 : 0)
            }
            wide[left + 4] = carry
        }
        // 2²⁵⁶ is 38 here.
        var carry: UInt64 = 0
        var folded = [UInt64](repeating: 0, count: 4)
        for index in 0..<4 {
            let (high, low) = wide[index + 4].multipliedFullWidth(by: 38)
            let (first, over) = wide[index].addingReportingOverflow(low)
            let (second, again) = first.addingReportingOverflow(carry)
            folded[index] = second
            carry = high &+ (over ? 1 : 0) &+ (again ? 1 : 0)
        }
        while carry > 0 {
            var rest = carry &* 38
            carry = 0
            for index in 0..<4 where rest > 0 {
                let (sum, over) = folded[index].addingReportingOverflow(rest)
                folded[index] = sum
                rest = over ? 1 : 0
            }
            carry = rest
        }
        var product = CurveField(folded)
        product.reduce()
        return product
    }

    func squared() -> CurveField { multiplied(by: self) }

    /// Whether it is a square, zero included: Euler's criterion.
    var isSquare: Bool {
        var power = CurveField.one
        for bit in (0..<254).reversed() {
            power = power.squared()
            if Self.eulerExponent[bit / 64] >> UInt64(bit % 64) & 1 == 1 {
                power = power.multiplied(by: self)
            }
        }
        return power == .one || power == CurveField([0, 0, 0, 0])
    }

    /// Below the modulus: 256 bits hold it twice at most.
    private mutating func reduce() {
        while !limbs.reversed().lexicographicallyPrecedes(Self.modulus.reversed()) {
            takeAway(Self.modulus)
        }
    }

    private mutating func takeAway(_ other: [UInt64]) {
        var borrow: UInt64 = 0
        for index in 0..<4 {
            let (first, under) = limbs[index].subtractingReportingOverflow(other[index])
            let (second, again) = first.subtractingReportingOverflow(borrow)
            limbs[index] = second
            borrow = (under ? 1 : 0) + (again ? 1 : 0)
        }
    }
}
