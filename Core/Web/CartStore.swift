import Kernel
import Redis
import Vocabulary

public enum CartRefusal: Refusal, CaseIterable {
    case tooManyLines, tooMany, makerMissing, unavailable

    public var code: String {
        switch self {
        case .tooManyLines: "cart.too-many-lines"
        case .tooMany: "cart.too-many"
        case .makerMissing: "cart.maker-missing"
        case .unavailable: "cart.unavailable"
        }
    }
    public var reason: RefusalReason {
        switch self {
        case .tooManyLines, .tooMany: .invalid
        case .makerMissing: .missing
        case .unavailable: .unavailable
        }
    }
    public var explanation: String {
        switch self {
        case .tooManyLines: "A cart holds at most \(CartStore.linesMax) different things."
        case .tooMany: "At most \(CartStore.quantityMax) of one thing can be in a cart."
        case .makerMissing: "Nothing of this maker is in your cart."
        case .unavailable: "Carts are out of order for a moment. Please try again."
        }
    }
    public var field: String? { self == .tooMany ? "quantity" : nil }
}

/// Whose cart it is.
public enum CartOwner: Sendable {
    case guest(String)
    case account(ID<Account>)
}

extension Visitor {
    /// The cart of whoever this is.
    public var cart: CartOwner { account.map { .account($0.id) } ?? .guest(browser) }
}

/// Carts in Redis: a hash from variant to quantity, changed atomically. Losing Redis empties carts,
/// nothing else.
public struct CartStore: Sendable {
    public static let linesMax = 60
    public static let quantityMax = 999
    /// A guest comes back within weeks or not at all; an account's cart waits longer.
    private static let guestSeconds: Int64 = 30 * 86_400
    private static let accountSeconds: Int64 = 180 * 86_400

    let redis: RedisClient

    func key(_ owner: CartOwner) -> String {
        switch owner {
        case .guest(let browser): "cart:guest:\(Secrets.hash(browser))"
        case .account(let id): "cart:account:\(id)"
        }
    }

    func seconds(_ owner: CartOwner) -> Int64 {
        if case .guest = owner { Self.guestSeconds } else { Self.accountSeconds }
    }

    /// The lines, by variant.
    /// - Throws: ``CartRefusal/unavailable`` without Redis.
    public func lines(of owner: CartOwner) async throws -> [CheckoutItem] {
        let reply = try await asking {
            try await redis.send("HGETALL", [.string(key(owner))])
        }
        guard case .array(let flat) = reply else { return [] }
        return stride(from: 0, to: flat.count - 1, by: 2).compactMap { index in
            guard let variant = flat[index].text.flatMap({ ID<Variant>($0) }),
                let quantity = flat[index + 1].text.flatMap({ Int($0) }), quantity > 0
            else { return nil }
            return CheckoutItem(variant: variant, quantity: quantity)
        }.sorted { $0.variant < $1.variant }
    }

    /// Adds to what is there already.
    /// - Throws: ``CartRefusal`` when a limit would be passed; nothing is changed then.
    public func add(_ quantity: Int, of variant: ID<Variant>, to owner: CartOwner) async throws {
        try await change(owner, variant, quantity, "add")
    }

    /// Sets the quantity; zero takes the line out.
    /// - Throws: ``CartRefusal`` when a limit would be passed; nothing is changed then.
    public func set(_ quantity: Int, of variant: ID<Variant>, in owner: CartOwner) async throws {
        try await change(owner, variant, quantity, "set")
    }

    public func empty(_ owner: CartOwner) async throws {
        _ = try await asking {
            try await redis.send("DEL", [.string(key(owner)), .string(wishesKey(owner))])
        }
    }

    /// Takes out exactly what was bought, and leaves what was added meanwhile.
    /// - Returns: whether anything is left. If not, nothing is wished any more, either.
    @discardableResult
    public func takeOut(_ lines: [CheckoutItem], from owner: CartOwner) async throws -> Bool {
        let bought = lines.flatMap { line -> [RedisArgument] in
            [.string(line.variant.description), .int(Int64(line.quantity))]
        }
        let reply = try await asking {
            try await redis.run(
                Self.takeOutScript, keys: [key(owner), wishesKey(owner)], arguments: bought)
        }
        return reply.int != 0
    }

    /// Moves a guest's cart into the account's, quantities added, limits kept; once only. Of what
    /// is wished of a maker's parcel the guest's counts: it was said last.
    public func merge(guest browser: String, into account: ID<Account>) async throws {
        _ = try await asking {
            try await redis.run(
                Self.mergeScript,
                keys: [
                    key(.guest(browser)), key(.account(account)),
                    wishesKey(.guest(browser)), wishesKey(.account(account)),
                ],
                arguments: [
                    .int(Int64(Self.quantityMax)), .int(Int64(Self.linesMax)),
                    .int(Self.accountSeconds),
                ])
        }
    }

    private func change(
        _ owner: CartOwner, _ variant: ID<Variant>, _ quantity: Int, _ how: String
    ) async throws {
        guard abs(quantity) <= Self.quantityMax else { throw CartRefusal.tooMany }
        let reply = try await asking {
            try await redis.run(
                Self.changeScript, keys: [key(owner)],
                arguments: [
                    .string(how), .string(variant.description), .int(Int64(quantity)),
                    .int(Int64(Self.quantityMax)), .int(Int64(Self.linesMax)), .int(seconds(owner)),
                ])
        }
        switch reply.int {
        case -1: throw CartRefusal.tooMany
        case -2: throw CartRefusal.tooManyLines
        default: return
        }
    }

    func asking(
        _ work: () async throws -> RedisReply
    ) async throws -> RedisReply {
        do { return try await work() } catch is RedisError { throw CartRefusal.unavailable }
    }

    private static let changeScript = RedisScript(
        """
        local old = tonumber(redis.call('HGET', KEYS[1], ARGV[2]) or '0')
        local number = tonumber(ARGV[3])
        local new = ARGV[1] == 'set' and number or old + number
        if new <= 0 then
            redis.call('HDEL', KEYS[1], ARGV[2])
            return 0
        end
        if new > tonumber(ARGV[4]) then return -1 end
        if old == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[5]) then return -2 end
        redis.call('HSET', KEYS[1], ARGV[2], new)
        redis.call('EXPIRE', KEYS[1], ARGV[6])
        return new
        """)

    private static let takeOutScript = RedisScript(
        """
        for i = 1, #ARGV, 2 do
            local left = tonumber(redis.call('HGET', KEYS[1], ARGV[i]) or '0') - ARGV[i + 1]
            if left > 0 then
                redis.call('HSET', KEYS[1], ARGV[i], left)
            else
                redis.call('HDEL', KEYS[1], ARGV[i])
            end
        end
        local lines = redis.call('HLEN', KEYS[1])
        if lines == 0 then redis.call('DEL', KEYS[2]) end
        return lines
        """)

    private static let mergeScript = RedisScript(
        """
        local guest = redis.call('HGETALL', KEYS[1])
        for i = 1, #guest, 2 do
            local old = tonumber(redis.call('HGET', KEYS[2], guest[i]) or '0')
            if old > 0 or redis.call('HLEN', KEYS[2]) < tonumber(ARGV[2]) then
                local new = math.min(old + tonumber(guest[i + 1]), tonumber(ARGV[1]))
                redis.call('HSET', KEYS[2], guest[i], new)
            end
        end
        local wishes = redis.call('HGETALL', KEYS[3])
        for i = 1, #wishes, 2 do
            if redis.call('HEXISTS', KEYS[4], wishes[i]) == 1
                or redis.call('HLEN', KEYS[4]) < tonumber(ARGV[2])
            then
                redis.call('HSET', KEYS[4], wishes[i], wishes[i + 1])
            end
        end
        redis.call('DEL', KEYS[1], KEYS[3])
        redis.call('EXPIRE', KEYS[2], ARGV[3])
        redis.call('EXPIRE', KEYS[4], ARGV[3])
        return #guest / 2
        """)
}
