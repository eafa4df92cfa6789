import Kernel
import Vocabulary
import Web

/// The address book, for programs.
struct AddressBookAPI {
    struct AddressPath: Described { let address: ID<SavedAddress> }
    struct NewAddress: Described {
        let address: AddressInput
        let isDefault: Bool?
        static let rules: [String: [Rule]] = [
            "isDefault": [.about("Whether it is offered first from now on.")]
        ]
    }
    struct SavedAddressAnswer: Codable, Sendable {
        let id: ID<SavedAddress>
        let address: AddressAnswer
        /// Whether it is offered first.
        let isDefault: Bool
        let createdAt: Instant

        init(_ saved: SavedAddress) {
            id = saved.id
            address = AddressAnswer(saved.address)
            isDefault = saved.isDefault
            createdAt = saved.createdAt
        }
    }

    func mount(on api: API) {
        let tag = "Address book"
        api.get("/account/addresses", "Your addresses, the newest first", tag: tag)
            .query(ListQuery.self)
            .handle(as: SignedIn.self) { call, person in
                Listed(
                    try await call.marketplace.savedAddresses(
                        of: person.account.id, call.query.page())
                ) { SavedAddressAnswer($0) }
            }
        api.post("/account/addresses", "Keep an address", tag: tag)
            .about("One that is kept already is kept once. The first becomes the default.")
            .body(NewAddress.self).refuses(.conflict).succeeds(with: .created)
            .handle(as: SignedIn.self) { call, person in
                SavedAddressAnswer(
                    try await call.marketplace.keepAddress(
                        call.body.address.address, asDefault: call.body.isDefault ?? false,
                        of: person.account.id))
            }
        api.put("/account/addresses/{address}", "Change an address", tag: tag)
            .path(AddressPath.self).body(AddressInput.self)
            .handle(as: SignedIn.self) { call, person in
                SavedAddressAnswer(
                    try await call.marketplace.changeSavedAddress(
                        call.path.address, to: call.body.address, of: person.account.id))
            }
        api.put("/account/addresses/{address}/default", "Offer it first", tag: tag)
            .path(AddressPath.self)
            .handle(as: SignedIn.self) { call, person in
                try await call.marketplace.preferAddress(
                    call.path.address, of: person.account.id)
                return Nothing()
            }
        api.delete("/account/addresses/{address}", "Take it out of the book", tag: tag)
            .path(AddressPath.self)
            .handle(as: SignedIn.self) { call, person in
                try await call.marketplace.dropAddress(
                    call.path.address, of: person.account.id)
                return Nothing()
            }
    }
}
