import Kernel
import Redis
import Vocabulary

public enum CartRefusal: Refusal, CaseIterable {
    case tooManyLines, tooMany, makerMissing, thingMissing, unavailable

    public var code: String {
        switch self {
        case .tooManyLines: "cart.too-many-lines"
        case .tooMany: "cart.too-many"
        case .makerMissing: "cart.maker-missing"
        case .thingMissing: "cart.thing-missing"
        case .unavailable: "cart.unavailable"
        }
    }
    public var reason: RefusalReason {
        switch self {
        case .tooManyLines, .tooMany: .invalid
        case .makerMissing, .thingMissing: .missing
        case .unavailable: .unavailable
        }
    }
    public var explanation: String {
        switch self {
        case .tooManyLines: "A cart holds at most \(CartStore.linesMax) different things."
        case .tooMany: "At most \(CartStore.quantityMax) of one thing can be in a cart."
        case .makerMissing: "Nothing of this maker is in your cart."
        case .thingMissing: "There is nothing like this for sale."
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

    /// Adds to what is there already, all of it or nothing; for the same act once, whether or not
    /// there is still room for it.
    /// - Throws: ``CartRefusal`` when a limit would be passed; nothing is changed then.
    public func add(
        _ items: [CheckoutItem], to owner: CartOwner, for act: CartAct?
    ) async throws {
        try await change(owner, items, "add", for: act)
    }

    /// Sets the quantity; zero takes the line out.
    /// - Throws: ``CartRefusal`` when a limit would be passed; nothing is changed then.
    public func set(_ quantity: Int, of variant: ID<Variant>, in owner: CartOwner) async throws {
        let item = CheckoutItem(variant: variant, quantity: quantity)
        try await change(owner, [item], "set", for: nil)
    }

    /// Takes everything out. What was put in for an act is not put in again for it.
    public func empty(_ owner: CartOwner) async throws {
        _ = try await asking {
            try await redis.send("DEL", [.string(key(owner)), .string(wishesKey(owner))])
        }
    }

    /// Takes everything out of the cart of somebody who is no more, and knows nothing of it.
    func forget(_ owner: CartOwner) async throws {
        let keys = [key(owner), wishesKey(owner), actsKey(owner)]
        _ = try await asking { try await redis.send("DEL", keys.map { .string($0) }) }
    }

    /// Takes out exactly what was bought, and leaves what was added meanwhile; for the same act
    /// once, as the same things may have been put in again.
    /// - Returns: whether anything is left. If not, nothing is wished any more, either.
    @discardableResult
    public func takeOut(
        _ lines: [CheckoutItem], from owner: CartOwner, for act: CartAct
    ) async throws -> Bool {
        let bought = lines.flatMap { line -> [RedisArgument] in
            [.string(line.variant.description), .int(Int64(line.quantity))]
        }
        let reply = try await asking {
            try await redis.run(
                Self.takeOutScript, keys: [key(owner), wishesKey(owner), actsKey(owner)],
                arguments: [.string(act.name)] + bought)
        }
        return reply.int != 0
    }

    /// Moves a guest's cart into the account's, quantities added, limits kept; once only. Of what
    /// is wished of a maker's parcel the guest's counts: it was said last. What the guest's was
    /// changed for, the account's is not changed for again. What finds no room stays where it is,
    /// from where it may be moved later.
    /// - Returns: how many lines are in the guest's cart then.
    /// - Throws: ``CartRefusal/unavailable`` without Redis.
    @discardableResult
    public func merge(guest browser: String, into account: ID<Account>) async throws -> Int {
        let reply = try await asking {
            try await redis.run(
                Self.mergeScript,
                keys: [
                    key(.guest(browser)), key(.account(account)),
                    wishesKey(.guest(browser)), wishesKey(.account(account)),
                    actsKey(.guest(browser)), actsKey(.account(account)),
                ],
                arguments: [
                    .int(Int64(Self.quantityMax)), .int(Int64(Self.linesMax)),
                    .int(Self.accountSeconds),
                ])
        }
        return Int(reply.int ?? 0)
    }

    private func change(
        _ owner: CartOwner, _ items: [CheckoutItem], _ how: String, for act: CartAct?
    ) async throws {
        guard items.allSatisfy({ abs($0.quantity) <= Self.quantityMax }) else {
            throw CartRefusal.tooMany
        }
        let lines = items.flatMap { item -> [RedisArgument] in
            [.string(item.variant.description), .int(Int64(item.quantity))]
        }
        let reply = try await asking {
            try await redis.run(
                Self.changeScript, keys: [key(owner), actsKey(owner)],
                arguments: [
                    .string(how), .string(act?.name ?? ""), .int(Int64(Self.quantityMax)),
                    .int(Int64(Self.linesMax)), .int(seconds(owner)),
                ] + lines)
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
        actsInLua + """
            if knows(KEYS[2], ARGV[2]) then return 0 end
            local lines = redis.call('HLEN', KEYS[1])
            local changed = {}
            for i = 6, #ARGV, 2 do
                local variant, number = ARGV[i], tonumber(ARGV[i + 1])
                local old = changed[variant]
                    or tonumber(redis.call('HGET', KEYS[1], variant) or '0')
                local new = math.max(ARGV[1] == 'set' and number or old + number, 0)
                if new > tonumber(ARGV[3]) then return -1 end
                if old == 0 and new > 0 then
                    if lines >= tonumber(ARGV[4]) then return -2 end
                    lines = lines + 1
                end
                if old > 0 and new == 0 then lines = lines - 1 end
                changed[variant] = new
            end
            for variant, new in pairs(changed) do
                if new > 0 then
                    redis.call('HSET', KEYS[1], variant, new)
                else
                    redis.call('HDEL', KEYS[1], variant)
                end
            end
            redis.call('EXPIRE', KEYS[1], ARGV[5])
            remember(KEYS[2], ARGV[2])
            return 0
            """)

    private static let takeOutScript = RedisScript(
        actsInLua + """
            if not knows(KEYS[3], ARGV[1]) then
                for i = 2, #ARGV, 2 do
                    local old = tonumber(redis.call('HGET', KEYS[1], ARGV[i]) or '0')
                    local left = old - ARGV[i + 1]
                    if left > 0 then
                        redis.call('HSET', KEYS[1], ARGV[i], left)
                    else
                        redis.call('HDEL', KEYS[1], ARGV[i])
                    end
                end
                remember(KEYS[3], ARGV[1])
            end
            local lines = redis.call('HLEN', KEYS[1])
            if lines == 0 then redis.call('DEL', KEYS[2]) end
            return lines
            """)

    private static let mergeScript = RedisScript(
        actsInLua + """
            local guest = redis.call('HGETALL', KEYS[1])
            for i = 1, #guest, 2 do
                local old = tonumber(redis.call('HGET', KEYS[2], guest[i]) or '0')
                if old > 0 or redis.call('HLEN', KEYS[2]) < tonumber(ARGV[2]) then
                    local new = math.min(old + tonumber(guest[i + 1]), tonumber(ARGV[1]))
                    redis.call('HSET', KEYS[2], guest[i], new)
                    redis.call('HDEL', KEYS[1], guest[i])
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
            if redis.call('EXISTS', KEYS[5]) == 1 then
                redis.call('ZUNIONSTORE', KEYS[6], 2, KEYS[5], KEYS[6], 'AGGREGATE', 'MAX')
                trim(KEYS[6])
            end
            redis.call('DEL', KEYS[3], KEYS[5])
            redis.call('EXPIRE', KEYS[2], ARGV[3])
            redis.call('EXPIRE', KEYS[4], ARGV[3])
            return redis.call('HLEN', KEYS[1])
            """)
}
