import Kernel
import Redis
import Vocabulary

/// What is wished of the parcels that a cart will become: a hash from maker to a day and words,
/// kept as long as the cart. They are checked before they come here.
extension CartStore {
    func wishesKey(_ owner: CartOwner) -> String { "\(key(owner)):wishes" }

    /// By maker; also of makers of whom nothing is in the cart any more.
    /// - Throws: ``CartRefusal/unavailable`` without Redis.
    public func wishes(of owner: CartOwner) async throws -> [ID<Seller>: ParcelWishes] {
        let reply = try await asking {
            try await redis.send("HGETALL", [.string(wishesKey(owner))])
        }
        guard case .array(let flat) = reply else { return [:] }
        let known = stride(from: 0, to: flat.count - 1, by: 2).compactMap { index in
            flat[index].text.flatMap { ID<Seller>($0) }.flatMap { seller in
                flat[index + 1].text.map { (seller, Self.wishes($0)) }
            }
        }
        return Dictionary(known) { first, _ in first }
    }

    /// Keeps what is wished of a maker's parcel in place of what was wished before.
    /// - Parameter sellers: of whom something is in the cart: of all others nothing is wished any
    ///   more, so that there are never more wishes than lines.
    /// - Throws: ``CartRefusal/unavailable`` without Redis.
    public func wish(
        _ wishes: ParcelWishes, of seller: ID<Seller>, in owner: CartOwner,
        among sellers: [ID<Seller>]
    ) async throws {
        _ = try await asking {
            try await redis.run(
                Self.wishScript, keys: [wishesKey(owner)],
                arguments: [
                    .int(seconds(owner)), .string(seller.description),
                    .string(wishes.isEmpty ? "" : Self.text(wishes)),
                ] + sellers.map { .string($0.description) })
        }
    }

    /// Forgets what is wished of the parcels of all others.
    /// - Throws: ``CartRefusal/unavailable`` without Redis.
    public func keepWishes(of sellers: [ID<Seller>], in owner: CartOwner) async throws {
        _ = try await asking {
            try await redis.run(
                Self.wishScript, keys: [wishesKey(owner)],
                arguments: [.int(seconds(owner)), "", ""]
                    + sellers.map { .string($0.description) })
        }
    }

    private static func text(_ wishes: ParcelWishes) -> String {
        "\(wishes.deliverOn?.description ?? "")\n\(wishes.giftMessage ?? "")"
    }

    private static func wishes(_ text: String) -> ParcelWishes {
        let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        let words = parts.count > 1 ? String(parts[1]) : ""
        return ParcelWishes(giftMessage: words.isEmpty ? nil : words, deliverOn: Day(parts[0]))
    }

    private static let wishScript = RedisScript(
        """
        if ARGV[2] ~= '' then
            if ARGV[3] == '' then
                redis.call('HDEL', KEYS[1], ARGV[2])
            else
                redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
            end
        end
        local present = {}
        for i = 4, #ARGV do present[ARGV[i]] = true end
        for _, seller in ipairs(redis.call('HKEYS', KEYS[1])) do
            if not present[seller] then redis.call('HDEL', KEYS[1], seller) end
        end
        redis.call('EXPIRE', KEYS[1], ARGV[1])
        return 0
        """)
}
