import Kernel
import Vocabulary
import Web

/// The address book, for people.
struct AddressBookRoutes {
    typealias AddressPath = AddressBookAPI.AddressPath

    struct AddressInputs: Described {
        let address: AddressInput
        let isDefault: Bool?
        static let rules: [String: [Rule]] = [:]
    }

    func mount(on routes: Routes) {
        routes.get("/account/addresses").query(ListQuery.self).show(as: SignedIn.self) {
            call, person in
            let page = try await call.marketplace.savedAddresses(
                of: person.account.id, call.query.page())
            return .page(
                "addresses", AddressBookPage(page, person.account),
                title: localized("Your addresses"))
        }
        routes.post("/account/addresses").form(AddressInputs.self)
            .show(as: SignedIn.self, again: newAgain) { call, person in
                try await call.marketplace.keepAddress(
                    call.form.address.address, asDefault: call.form.isDefault ?? false,
                    of: person.account.id)
                return .seeOther(Links.addresses, notice: localized("The address is kept."))
            }
        routes.get("/account/addresses/{address}").path(AddressPath.self)
            .show(as: SignedIn.self) { call, person in
                let saved = try await call.marketplace.savedAddress(
                    call.path.address, of: person.account.id)
                return .page(
                    "address", EditAddressPage(saved), title: localized("Change an address"))
            }
        routes.post("/account/addresses/{address}").path(AddressPath.self)
            .form(AddressInputs.self)
            .show(as: SignedIn.self, again: editAgain) { call, person in
                try await call.marketplace.changeSavedAddress(
                    call.path.address, to: call.form.address.address, of: person.account.id)
                return .seeOther(Links.addresses, notice: localized("The address is changed."))
            }
        routes.post("/account/addresses/{address}/default").path(AddressPath.self)
            .show(as: SignedIn.self) { call, person in
                try await call.marketplace.preferAddress(
                    call.path.address, of: person.account.id)
                return .seeOther(
                    Links.addresses, notice: localized("This address is offered first now."))
            }
        routes.post("/account/addresses/{address}/removal").path(AddressPath.self)
            .show(as: SignedIn.self) { call, person in
                try await call.marketplace.dropAddress(call.path.address, of: person.account.id)
                return .seeOther(Links.addresses, notice: localized("The address is deleted."))
            }
    }

    @Sendable private func newAgain(_ again: Again, _ person: SignedIn) async throws -> PageAnswer {
        let page = try await again.request.marketplace.savedAddresses(of: person.account.id)
        return .page(
            "addresses",
            AddressBookPage(
                page, person.account, AddressForm(again), warning: again.explanation),
            title: localized("Your addresses"))
    }

    @Sendable private func editAgain(_ again: Again, _ person: SignedIn) -> PageAnswer {
        .page(
            "address",
            EditAddressPage(
                action: again.request.path, AddressForm(again), warning: again.explanation),
            title: localized("Change an address"))
    }
}

/// An address as it is shown, with what can be done with it.
struct SavedAddressCard {
    let id: String
    let lines: [String]
    let isDefault: Bool
    /// For those who hear the buttons without seeing what is beside them.
    let name: String

    init(_ saved: SavedAddress) {
        id = saved.id.description
        lines = saved.address.shownLines
        isDefault = saved.isDefault
        name = "\(saved.address.name), \(saved.address.city)"
    }

    /// The one that is offered first stands first.
    static func all(_ page: Page<SavedAddress>) -> [SavedAddressCard] {
        (page.items.filter(\.isDefault) + page.items.filter { !$0.isDefault })
            .map { SavedAddressCard($0) }
    }
}

/// The model of `addresses.mustache`.
struct AddressBookPage {
    let warning: String?
    let cards: [SavedAddressCard]
    let isEmpty: Bool
    let opensForm: Bool
    let next: String?
    let inputs: AddressForm

    init(
        _ page: Page<SavedAddress>, _ account: Account, _ form: AddressForm? = nil,
        warning: String? = nil
    ) {
        self.warning = warning
        cards = SavedAddressCard.all(page)
        isEmpty = cards.isEmpty
        opensForm = isEmpty || warning != nil
        next = page.next.map { "\(Links.addresses)?after=\(Cursor.seal($0))" }
        inputs = form ?? AddressForm(named: account.name)
    }
}

/// The model of `address.mustache`.
struct EditAddressPage {
    let warning: String?
    let action: String
    let inputs: AddressForm

    init(_ saved: SavedAddress) {
        self.init(
            action: "\(Links.addresses)/\(saved.id)", AddressForm(saved.address), warning: nil)
    }

    init(action: String, _ form: AddressForm, warning: String?) {
        self.warning = warning
        self.action = action
        inputs = form
    }
}
