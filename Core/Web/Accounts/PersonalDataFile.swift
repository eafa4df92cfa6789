import JSONText
import Kernel
import Vocabulary

/// An object with a member for each part of what is known of a person.
public struct PersonalDataAnswer: Codable, Sendable, SelfDescribed {
    public static var schema: Schema { .map(.anything) }
    public static var example: PersonalDataAnswer { PersonalDataAnswer() }
}

extension WebRequest {
    /// All that the market knows of `account`, as JSON: what is in the tables, and where the
    /// account is signed in and what is in its cart.
    public func personalData(of account: Account) async throws -> [UInt8] {
        var data = try await marketplace.personalData(of: account.id)
        let sessions = try await openSessions(of: account).map {
            SecurityAPI.SessionAnswer(
                id: $0.id, app: $0.app.rawValue, startedAt: $0.startedAt,
                lastUsedAt: $0.lastUsedAt, device: $0.device,
                isCurrent: $0.id == currentSessionID,
                isSupport: $0.impersonation != nil)
        }
        data.add("sessions", try JSONBytesEncoder.bytes(of: sessions))
        let cart = try await site.carts.lines(of: .account(account.id)).map {
            CartItem(variantId: $0.variant, quantity: $0.quantity)
        }
        data.add("cart", try JSONBytesEncoder.bytes(of: cart))
        let wishes = try await site.carts.wishes(of: .account(account.id)).map { seller, wish in
            CartWish(
                sellerId: seller, giftMessage: wish.giftMessage,
                deliverOn: wish.deliverOn?.description)
        }
        data.add("cartWishes", try JSONBytesEncoder.bytes(of: wishes))
        return data.json
    }

    /// Erases `account`, ends its sessions in all apps and forgets its cart.
    /// - Throws: what the kernel refuses, and ``WebRefusal/tooManyRequests(retryAfter:)``.
    public func erase(_ account: Account, password: String, code: String?) async throws {
        try await limitGuesses(Account.limitKey(of: account.email))
        try await marketplace.eraseAccount(account.id, password: password, code: code)
        do { try await site.carts.forget(.account(account.id)) } catch CartRefusal.unavailable {
            // It is over by itself in some weeks, and opens for nobody.
            logger.warning("cart.not-emptied")
        }
        try await signOutEverywhere(account.id)
    }

    private struct CartItem: Codable {
        let variantId: ID<Variant>
        let quantity: Int
    }

    private struct CartWish: Codable {
        let sellerId: ID<Seller>
        let giftMessage: String?
        let deliverOn: String?
    }
}
