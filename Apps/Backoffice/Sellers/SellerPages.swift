import Kernel
import Vocabulary
import Web

enum SellerPages {
    static func list(
        _ page: Kernel.Page<Seller>, _ query: SellerRoutes.SellerQuery
    ) -> DeskPage {
        let rows = page.items.map { seller in
            [
                Cell(data: seller.name, to: Links.seller(seller.id)),
                Cell(data: Countries.name(seller.country)),
                .state(seller.state), Cell(data: seller.rating.text.map { "★ \($0)" } ?? ""),
                .time(seller.createdAt),
            ]
        }
        let more = page.next.map { next in
            Links.with(
                "/sellers",
                [("after", Cursor.seal(next))] + (query.state.map { [("state", $0)] } ?? []))
        }
        return DeskPage(
            "Sellers",
            tabs: DeskPage.Tab.states(
                Seller.State.allCases.map(\.rawValue), of: "/sellers", chosen: query.state),
            [
                Block(forms: [
                    .search(
                        "Find", at: "/sellers",
                        [.line("name", "Name", query.name ?? "", type: "search")])
                ]),
                Block(
                    table: Table(["Name", "Country", "State", "Rating", "Since"], rows),
                    nothing: "There is no such seller.", more: more),
            ])
    }

    static func show(
        _ marketplace: Marketplace, _ id: ID<Seller>, _ admin: Administrator
    ) async throws -> DeskPage {
        let file = try await SellerFile(marketplace, id)
        let mayDecide = Duty.decideOnSellers.isAllowed(to: admin.roles)
        var blocks = [facts(file, admin)]
        if Duty.impersonate.isAllowed(to: admin.roles) {
            blocks.append(team(try await marketplace.team(of: id)))
        }
        blocks.append(documents(file, id, mayDecide))
        blocks.append(ChecklistPages.block(file, id, mayDecide))
        if mayDecide { blocks.append(decisions(file, id)) }
        if CataloguePages.mayModerate(admin) {
            blocks.append(firstPage(try await marketplace.isPicked(id), id))
        }
        if Duty.readMoney.isAllowed(to: admin.roles) {
            let names = try await marketplace.walletNames(file.balances.map(\.wallet))
            blocks.append(balances(file, id, names))
        }
        blocks.append(
            Block(
                "History",
                timeline: file.history.map {
                    Moment(
                        $0.at, "\($0.from.inWords) → \($0.to.inWords)", by: $0.actorName,
                        $0.reason)
                }, nothing: "Nothing has happened since the application."))
        if Duty.readMoney.isAllowed(to: admin.roles) {
            blocks.append(try await BankPayoutRoutes.newest(of: id, marketplace))
        }
        return DeskPage(.data(file.seller.name), blocks)
    }

    private static func facts(_ file: SellerFile, _ admin: Administrator) -> Block {
        let seller = file.seller
        func list(_ path: String) -> String {
            Links.with(path, [("seller", seller.id.description)])
        }
        let sold = Fact("Orders", "show", to: list("/orders"))
        return Block(
            facts: [
                Fact("Listings", "show", to: list("/listings")),
                Fact("State", state: seller.state),
                Fact("Shop address", data: seller.slug),
                Fact("Country", data: Countries.name(seller.country)),
                Fact("Legal name", data: seller.legalName ?? "—"),
                Fact("VAT number", data: seller.vatNumber ?? "—"),
                Fact("Parcels start at", data: file.origin.map(\.oneLine) ?? "—"),
                Fact("Money is held for", data: Format.count(seller.holdDays, "day", "days")),
                Fact("In debt since", data: seller.inDebtSince.map(Format.time) ?? "—"),
                Fact(
                    "Restricted for it since", data: seller.restrictedAt.map(Format.time) ?? "—",
                    seller.restrictedAt == nil ? .plain : .bad),
                Fact("About", data: file.about.isEmpty ? "—" : file.about),
                Fact("Audit trail", "show", to: Links.trail("seller", seller.id.description)),
            ] + (Duty.readPurchases.isAllowed(to: admin.roles) ? [sold] : []))
    }

    private static func team(_ members: [TeamMember]) -> Block {
        Block(
            "Team",
            table: Table(
                ["Name", "Role", "E-mail"],
                members.map {
                    [
                        Cell(data: $0.name, to: Links.account($0.account)),
                        Cell(data: $0.role.rawValue.inWords),
                        Cell(data: $0.email),
                    ]
                }), nothing: "Nobody works for this shop.")
    }

    private static func documents(
        _ file: SellerFile, _ id: ID<Seller>, _ mayDecide: Bool
    ) -> Block {
        let rows = file.documents.map { document in
            let link = "/api/v1/sellers/\(id)/documents/\(document.id)/file"
            return [
                Cell(data: document.kind.inWords),
                Cell(data: document.fileName, to: mayDecide ? link : nil),
                document.state.stateCell, Cell(data: document.note ?? ""),
                .time(document.createdAt),
            ]
        }
        let open = file.documents.filter { $0.state == "pending" && mayDecide }
        return Block(
            "Documents",
            pictures: mayDecide
                ? file.documents.map { document in
                    let link = "/api/v1/sellers/\(id)/documents/\(document.id)/file"
                    return Picture(
                        link: link, words: "\(document.kind.inWords): \(document.fileName)",
                        isPaper: !document.mediaType.hasPrefix("image/"))
                } : [],
            table: Table(["Kind", "File", "State", "Note", "Sent in"], rows),
            forms: open.map { document in
                DeskForm(
                    "Judge \(document.fileName)",
                    to: "/sellers/\(id)/documents/\(document.id)/judgement",
                    [
                        .choice(
                            "state", "Judgement",
                            [(key: "accepted", text: "accept"), (key: "rejected", text: "reject")]),
                        .line("note", "Note", required: false),
                    ])
            }, nothing: "No document was sent in.")
    }

    private static func decisions(_ file: SellerFile, _ id: ID<Seller>) -> Block {
        let path = "/sellers/\(id)/"
        var forms: [DeskForm] =
            switch file.seller.state {
            case "submitted":
                [
                    DeskForm(
                        "Verify this seller", to: path + "verification",
                        hint: """
                            What it has published is for sale from then on, and the seller is \
                            told.
                            """, [.optionalReason]),
                    .dangerous(
                        "Reject the application", to: path + "rejection",
                        hint: """
                            The seller reads the reason, and may change the application and send \
                            it in again.
                            """),
                ]
            case "verified":
                [
                    .dangerous(
                        "Suspend the seller", to: path + "suspension",
                        hint: """
                            Its listings leave the shop at once; open orders go on. The seller \
                            reads the reason.
                            """)
                ]
            case "suspended":
                [
                    .dangerous(
                        "Reinstate the seller", to: path + "reinstatement",
                        hint: "What it has published is for sale again at once.")
                ]
            default: []
            }
        guard file.seller.state != "closed" else { return Block("Decide") }
        forms.append(
            .dangerous(
                "Close the shop for good", to: path + "closure",
                hint: """
                    Nothing brings it back. Its listings leave the shop. It is refused while an \
                    order is open, or money is held or owed.
                    """))
        forms.append(
            .dangerous(
                "Change the hold", to: path + "hold",
                hint: """
                    For orders that are placed from now on; what is sold already is held as long \
                    as it was.
                    """,
                [
                    .line(
                        "days", "Days between delivery and the money becoming available",
                        String(file.seller.holdDays), type: "number")
                ]))
        return Block("Decide", forms: forms)
    }

    private static func firstPage(_ isPicked: Bool, _ id: ID<Seller>) -> Block {
        Block(
            "The shop's first page", facts: [Fact("Shown there", isPicked ? "yes" : "no")],
            forms: [
                DeskForm(
                    isPicked ? "Take them off the first page" : "Show them on the first page",
                    to: "/sellers/\(id)/" + (isPicked ? "pick-removal" : "pick"))
            ])
    }

    private static func balances(
        _ file: SellerFile, _ id: ID<Seller>, _ names: WalletNames
    ) -> Block {
        let rows = file.balances.map {
            [
                Cell.wallet($0.wallet, names), Cell.money($0.pending),
                .money($0.reserved), .money($0.available), .money($0.frozen), .money($0.paying),
                .money($0.debt),
            ]
        }
        return Block(
            "Money",
            facts: [
                Fact("Statement", "show", to: "/sellers/\(id)/statement"),
                Fact("Statements by month", "show", to: "/sellers/\(id)/statements"),
                Fact("Payouts, freeze and reserve", "show", to: "/sellers/\(id)/payouts"),
            ],
            table: Table(
                [
                    "Wallet", "Held#", "Reserve#", "Available#", "Frozen#", "Paying#",
                    "Owed to us#",
                ], rows),
            nothing: "No money has come in yet.")
    }
}

extension Fact {
    /// A state in its colour.
    init(_ name: Phrase, state: String) {
        self.init(name, state.stateCell)
    }
}

extension Address {
    /// For a fact: everything in one line.
    var oneLine: String {
        let town = [postalCode, city, region].compactMap { $0 }.joined(separator: " ")
        return ([name] + lines + [town, Countries.name(country)]).filter { !$0.isEmpty }.joined(
            separator: ", ")
    }
}
