import Kernel
import Vocabulary

/// Who may call, for the document.
public enum Access: Sendable, Equatable {
    case everyone, signedIn, member, administrator

    var isSellerScoped: Bool { self == .member }
}

/// Proof of who is there. A handler that takes one cannot run without the check, because only
/// `prove` makes one.
public protocol Caller: Sendable {
    /// What a route may ask for beside the caller's kind: permissions, roles.
    associatedtype Need: Sendable
    static var access: Access { get }
    /// - Throws: ``WebRefusal/signInNeeded``, ``WebRefusal/notYours`` and the like.
    static func prove(_ request: WebRequest, needing needs: [Need]) async throws -> Self
    /// Who this is to the idempotency store: the same person has the same actor.
    var actor: String { get }
    /// Who is signed in, when anybody is.
    var signedIn: Account? { get }
}

extension WebRequest {
    /// Proves the caller, and counts what the caller's account changes.
    /// - Parameter isOpenToScopes: whether a token may ask for it that may not do everything.
    /// - Throws: what ``Caller/prove(_:needing:)`` throws, ``WebRefusal/notInScope``, and
    ///   ``WebRefusal/tooManyRequests(retryAfter:)``.
    func prove<Who: Caller>(
        _ who: Who.Type, needing needs: [Who.Need], _ limit: RateClass,
        isOpenToScopes: Bool = false
    ) async throws -> Who {
        let caller = try await Who.prove(self, needing: needs)
        // Of a member the scopes are asked with the role; anything else of a person's is theirs.
        if Who.access != .member, Who.access != .everyone, !isOpenToScopes,
            try await tokenPermissions() != nil
        {
            throw WebRefusal.notInScope
        }
        if limit == .write, let account = caller.signedIn {
            try await site.limiter.take(.accountWrite, "\(account.id)")
        }
        return caller
    }
}

/// Anybody, signed in or not.
public struct Visitor: Caller {
    public let account: Account?
    private let request: WebRequest
    /// This browser, for the guest's cart; made up when it had none, and only when it is asked
    /// for: whoever just looks needs no random name.
    public var browser: String { request.browser() }

    public static var access: Access { .everyone }
    public var signedIn: Account? { account }
    public var actor: String {
        account.map { "account:\($0.id)" } ?? "guest:\(Secrets.hash(browser))"
    }

    public static func prove(_ request: WebRequest, needing needs: [Never]) async throws -> Visitor
    {
        // Whoever only looks must not suffer when Redis is down.
        let account: Account?
        do { account = try await request.account() } catch WebRefusal.sessionsUnavailable {
            account = nil
        }
        return Visitor(account: account, request: request)
    }

    private init(account: Account?, request: WebRequest) {
        self.account = account
        self.request = request
    }

    /// This browser, whoever is signed in with it.
    public init(of request: WebRequest) {
        self.init(account: nil, request: request)
    }

    /// Makes the browser keep its name, for those who begin something that they come back to.
    public func remember(in request: WebRequest) {
        guard request.bearer == nil else { return }
        request.rememberBrowser()
    }
}

/// Somebody who is signed in, or a program with a token of theirs.
public struct SignedIn: Caller {
    public let account: Account

    public static var access: Access { .signedIn }
    public var signedIn: Account? { account }
    public var actor: String { "account:\(account.id)" }

    public static func prove(_ request: WebRequest, needing needs: [Never]) async throws -> SignedIn
    {
        guard let account = try await request.account() else { throw WebRefusal.signInNeeded }
        return SignedIn(account: account)
    }
}

/// Somebody who works for a seller. Which one: the path's `{seller}`, else `?seller=`, else the one
/// chosen in this session, else the only one. A route that needs permissions needs all of them.
public struct Member: Caller {
    public let account: Account
    /// What the kernel's verbs take as proof.
    public let membership: SellerMember
    /// The shop, for the page's head.
    public let shop: SellerMembership

    public var seller: ID<Seller> { membership.seller }
    public static var access: Access { .member }
    public var signedIn: Account? { account }
    public var actor: String { "account:\(account.id)" }

    public static func prove(
        _ request: WebRequest, needing needs: [SellerPermission]
    ) async throws -> Member {
        guard let account = try await request.account() else { throw WebRefusal.signInNeeded }
        let shops = try await request.shops(of: account)
        let shop = try await chosen(from: shops, request)
        let membership = SellerMember(
            seller: shop.seller, account: account.id, role: shop.role,
            limits: try await request.tokenPermissions())
        guard needs.allSatisfy({ shop.role.permissions.contains($0) }) else {
            throw WebRefusal.notYours
        }
        guard needs.allSatisfy({ membership.may($0) }) else { throw WebRefusal.notInScope }
        return Member(account: account, membership: membership, shop: shop)
    }

    private static func chosen(
        from shops: [SellerMembership], _ request: WebRequest
    ) async throws -> SellerMembership {
        var wanted = try await request.session()?.seller
        if let named = request.parameters["seller"] ?? request.query("seller") {
            guard let id = ID<Seller>(named) else { throw WebRefusal.notFound }
            wanted = id
        }
        if let wanted {
            guard let shop = shops.first(where: { $0.seller == wanted }) else {
                throw WebRefusal.notFound
            }
            return shop
        }
        guard shops.count <= 1 else { throw WebRefusal.chooseSeller }
        guard let only = shops.first else { throw WebRefusal.notYours }
        return only
    }
}

/// Somebody with a role in the back office. An `administrator` may do what every role may;
/// a route that needs roles needs one of them.
public struct Administrator: Caller {
    public let account: Account
    public let roles: Set<AdminRole>

    public static var access: Access { .administrator }
    public var signedIn: Account? { account }
    public var actor: String { "account:\(account.id)" }

    public static func prove(
        _ request: WebRequest, needing needs: [AdminRole]
    ) async throws -> Administrator {
        guard let account = try await request.account() else { throw WebRefusal.signInNeeded }
        let held = try await request.marketplace.adminRoles(of: account.id)
        guard !held.isEmpty,
            needs.isEmpty || held.contains(.administrator) || !held.isDisjoint(with: needs)
        else { throw WebRefusal.notYours }
        return Administrator(account: account, roles: held)
    }
}
