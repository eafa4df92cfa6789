import Vocabulary

/// Who sent a photo, and has it counted.
enum PhotoOwner: Sendable {
    case seller(ID<Seller>)
    case customer(ID<Account>)

    var seller: ID<Seller>? {
        if case .seller(let id) = self { id } else { nil }
    }

    var customer: ID<Account>? {
        if case .customer(let id) = self { id } else { nil }
    }
}
