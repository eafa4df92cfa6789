import ProviderKit
import Testing
import Vocabulary

@testable import SolanaPay

@Suite struct `A transaction pays a request` {
    static let asked = Money(1_500_000_000, sol)

    func credit(
        _ transaction: WrittenTransaction, for amount: Money = asked, _ key: String = reference
    ) throws -> UInt64? {
        try transaction.read()?.credit(for: try request(amount, key))?.amount
    }

    @Test func `with what went to the wallet`() throws {
        #expect(try credit(nativeTransfer()) == 1_500_000_000)
        #expect(try credit(nativeTransfer(1)) == 1)
        #expect(try credit(tokenTransfer(), for: Money(10_000_000, usdc)) == 10_000_000)
    }

    @Test func `whatever stands around the transfer`() throws {
        var padded = nativeTransfer()
        padded.keys += [stranger]
        padded.before += [0]
        padded.after += [0]
        padded.lines.insert(.init(program: 4, accounts: [], data: [1, 2, 3]), at: 0)
        padded.lines.append(.init(program: 4, accounts: [0], data: []))

        #expect(try credit(padded) == 1_500_000_000)
        #expect(try padded.read()?.credit(for: try request(Self.asked))?.index == 1)
    }

    @Test func `when its addresses were loaded from a table`() throws {
        var loaded = nativeTransfer()
        loaded.keys = [payer, "\(ChainAddress.system)"]
        loaded.loadedWritable = [wallet]
        loaded.loadedReadonly = [reference]
        loaded.lines = [
            .init(
                program: 1, accounts: [0, 2, 3], data: WrittenTransaction.lamports(1_500_000_000))
        ]
        loaded.before = [5_000_000_000, 1, 7, 0]
        loaded.after = [3_499_995_000, 1, 1_500_000_007, 0]

        #expect(try credit(loaded) == 1_500_000_000)
    }

    @Test func `not when it failed`() throws {
        var failed = nativeTransfer()
        failed.err = "{\"InstructionError\":[0,{\"Custom\":1}]}"

        #expect(try credit(failed) == nil)
    }

    @Test func `not with the reference in another instruction`() throws {
        var elsewhere = nativeTransfer()
        elsewhere.lines[0].accounts = [0, 1]
        elsewhere.lines.append(
            .init(program: 2, accounts: [0, 0, 3], data: WrittenTransaction.lamports(0)))

        #expect(try credit(elsewhere) == nil)
    }

    @Test func `not for two requests with one transfer`() throws {
        var both = nativeTransfer()
        both.keys.append(stranger)
        both.before.append(0)
        both.after.append(0)
        both.lines[0].accounts = [0, 1, 3, 4]

        #expect(try credit(both) == nil)
        #expect(try credit(both, for: Self.asked, stranger) == nil)
    }

    @Test func `for two requests with two transfers, each its own`() throws {
        var two = nativeTransfer(1_000)
        two.keys.append(stranger)
        two.before.append(0)
        two.lines.append(
            .init(program: 2, accounts: [0, 1, 4], data: WrittenTransaction.lamports(500)))
        two.after = [1, 7 + 1_500, 1, 0, 0]

        #expect(try credit(two) == 1_000)
        #expect(try credit(two, for: Self.asked, stranger) == 500)
    }

    @Test func `not when it went to somebody else`() throws {
        var other = nativeTransfer()
        other.keys[1] = stranger

        #expect(try credit(other) == nil)
    }

    @Test func `with what stayed there, not with what went through`() throws {
        var through = nativeTransfer(1_000)
        through.after[1] = 7 + 400
        #expect(try credit(through) == 400)

        var circle = nativeTransfer(1_000)
        circle.after[1] = 2
        #expect(try credit(circle) == nil)
    }

    @Test func `with what a token's fee left of it`() throws {
        var fee = tokenTransfer()
        fee.tokensAfter = [(2, 9_900_000)]

        #expect(try credit(fee, for: Money(10_000_000, usdc)) == 9_900_000)
    }

    @Test func `not in another token, nor to another account`() throws {
        let asked = Money(10_000_000, usdc)
        var mint = tokenTransfer()
        mint.keys[4] = stranger
        mint.mint = stranger
        #expect(try credit(mint, for: asked) == nil)

        var place = tokenTransfer()
        place.keys[2] = "BwhZU7ufcbevBa2GfYjgS7Lf98rB8irdqAD8iZRAK6yt"
        #expect(try credit(place, for: asked) == nil)

        var owner = tokenTransfer()
        owner.tokenOwner = payer
        #expect(try credit(owner, for: asked) == nil)
        #expect(try credit(tokenTransfer(), for: Money(10_000_000, sol)) == nil)
        #expect(try credit(nativeTransfer(), for: asked) == nil)
    }

    @Test func `only by a checked transfer of a token`() throws {
        var unchecked = tokenTransfer()
        unchecked.lines[0].data = WrittenTransaction.tokens(10_000_000, kind: 3)

        #expect(try credit(unchecked, for: Money(10_000_000, usdc)) == nil)
    }

    @Test func `from a wallet of several owners`() throws {
        var several = tokenTransfer()
        several.keys.insert("1KsF3tZjgA5TgU9GkvjRECmUfUDkqo1YqeMf5PFAkjH", at: 1)
        several.signers = 2
        several.before.insert(0, at: 1)
        several.after.insert(0, at: 1)
        several.lines = [
            .init(
                program: 4, accounts: [2, 5, 3, 0, 1, 6],
                data: WrittenTransaction.tokens(10_000_000))
        ]
        several.tokensAfter = [(3, 10_000_000)]

        #expect(try credit(several, for: Money(10_000_000, usdc)) == 10_000_000)
    }

    @Test(arguments: [[0, 1, 99], [0], [], [-1, 1, 3]])
    func `not when it is nonsense`(_ accounts: [Int]) throws {
        var nonsense = nativeTransfer()
        nonsense.lines[0].accounts = accounts

        #expect(try credit(nonsense) == nil)
    }
}
