import Kernel
import Web

extension Visitor {
    /// The same person to the kernel: by account, by this browser, or by both on the way from one
    /// to the other.
    var buyer: Buyer {
        guard let account else { return Buyer(guestToken: browser) }
        return Buyer(account: account.id, guestToken: browser)
    }
}
