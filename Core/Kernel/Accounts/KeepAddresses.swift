import Postgres
import Vocabulary

extension Marketplace {
    /// Somebody's address book, the newest first.
    public func savedAddresses(
        of account: ID<Account>, _ page: PageRequest = PageRequest()
    ) async throws -> Page<SavedAddress> {
        try await database.savedAddresses.list(of: account, page)
    }

    /// - Throws: ``AddressRefusal/unknown`` for what is not in this account's book.
    public func savedAddress(
        _ id: ID<SavedAddress>, of account: ID<Account>
    ) async throws -> SavedAddress {
        guard let found = try await database.savedAddresses.find(id, of: account) else {
            throw AddressRefusal.unknown
        }
        return found
    }

    /// Puts an address into the book. The first one, and one that is wanted to be, becomes the
    /// default; one that is there already is kept once.
    /// - Throws: ``AddressRefusal/tooMany``, ``InputRefusal`` below the field `address`.
    @discardableResult
    public func keepAddress(
        _ address: Address, asDefault: Bool = false, of account: ID<Account>
    ) async throws -> SavedAddress {
        let address = try address.checked(field: "address")
        return try await changeBook(of: account) { book in
            var id = ID<SavedAddress>()
            if let known = try await book.find(address, of: account) {
                id = known.id
            } else if try await !book.insert(id, address, of: account) {
                throw AddressRefusal.tooMany
            }
            if asDefault { try await book.markDefault(id, of: account) }
            return id
        }
    }

    /// Puts another address in the place of one.
    /// - Throws: ``AddressRefusal/unknown``, ``InputRefusal`` below the field `address`.
    @discardableResult
    public func changeSavedAddress(
        _ id: ID<SavedAddress>, to address: Address, of account: ID<Account>
    ) async throws -> SavedAddress {
        let address = try address.checked(field: "address")
        return try await changeBook(of: account) { book in
            guard try await book.update(id, to: address, of: account) else {
                throw AddressRefusal.unknown
            }
            return id
        }
    }

    /// Has one offered first from now on.
    /// - Throws: ``AddressRefusal/unknown``.
    public func preferAddress(_ id: ID<SavedAddress>, of account: ID<Account>) async throws {
        try await changeBook(of: account) { book in
            guard try await book.find(id, of: account) != nil else {
                throw AddressRefusal.unknown
            }
            try await book.markDefault(id, of: account)
            return id
        }
    }

    /// Takes an address out of the book; the newest of the rest becomes the default where that
    /// was it. What was sent there stays as it was.
    /// - Throws: ``AddressRefusal/unknown``.
    public func dropAddress(_ id: ID<SavedAddress>, of account: ID<Account>) async throws {
        try await database.transaction { tx in
            guard try await tx.savedAddresses.lockBook(of: account) else {
                throw AccountRefusal.unknown
            }
            guard try await tx.savedAddresses.delete(id, of: account) else {
                throw AddressRefusal.unknown
            }
            try await tx.savedAddresses.fillDefault(of: account)
        }
    }

    /// Runs one change after the other of the same book, and leaves it with a default.
    @discardableResult
    private func changeBook(
        of account: ID<Account>,
        _ change: @Sendable (SavedAddressStore) async throws -> ID<SavedAddress>
    ) async throws -> SavedAddress {
        try await database.transaction { tx in
            let book = tx.savedAddresses
            guard try await book.lockBook(of: account) else { throw AccountRefusal.unknown }
            let id = try await change(book)
            try await book.fillDefault(of: account)
            guard let changed = try await book.find(id, of: account) else {
                throw AddressRefusal.unknown
            }
            return changed
        }
    }
}
