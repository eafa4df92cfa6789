import Kernel
import Vocabulary
import Web

/// What the pages of looking on show.
enum ImpersonationPages {
    static func shop(_ account: Account, _ settings: KernelSettings) -> Block {
        Block(
            "In the shop",
            forms: [
                form(
                    "Look at the shop as \(account.name)", account, settings,
                    [.hidden("app", ImpersonationRoutes.App.customer.rawValue)])
            ])
    }

    static func desk(
        _ account: Account, _ shop: SellerMembership, _ settings: KernelSettings
    ) -> Block {
        Block(
            "At the desk of \(shop.name)",
            text: "\(account.name) is \(shop.role.rawValue.inWords) there.",
            forms: [
                form(
                    "Look at the desk of \(shop.name) as \(account.name)", account, settings,
                    [
                        .hidden("app", ImpersonationRoutes.App.seller.rawValue),
                        .hidden("seller", shop.seller.description),
                    ])
            ])
    }

    private static func form(
        _ button: Phrase, _ account: Account, _ settings: KernelSettings, _ hidden: [Input]
    ) -> DeskForm {
        let minutes = settings.impersonationLifetime.components.seconds / 60
        return .dangerous(
            button, to: Links.account(account.id) + "/impersonations",
            hint: """
                For \(Format.count(Int(minutes), "minute", "minutes")) you see what \
                \(account.name) sees, under a banner that says so on every page. You cannot buy, \
                pay, refund, change a bank account, an address or how \(account.name) signs in, \
                nor take data away. \(account.name) stays signed in, and sees in the list of \
                sessions that support looked. You are signed out of your own account there, if \
                you have one in this browser. It all stands in the audit trail under your name.
                """, hidden)
    }

    /// The page from which the other app is opened: what opens it travels in a form, so that it
    /// stands in no address.
    static func handOver(
        _ impersonation: Impersonation, _ pass: String, _ settings: KernelSettings
    ) -> DeskPage {
        let place: Phrase = impersonation.sellerName.map { "the desk of \($0)" } ?? "the shop"
        let seconds = Impersonation.passLifetime.components.seconds
        return DeskPage(
            "Look on as \(impersonation.accountName)",
            lead: "Until \(Format.time(impersonation.until)).",
            [
                Block(
                    text: """
                        The button opens \(place) once, within \(seconds) seconds. End it there, \
                        or under “Looking on” here.
                        """,
                    forms: [
                        DeskForm(
                            "Open \(place) as \(impersonation.accountName)",
                            to: ImpersonationRoutes.address(of: impersonation.app, settings),
                            [.hidden("pass", pass)])
                    ])
            ])
    }

    static func list(
        _ page: Kernel.Page<Impersonation>, _ query: ImpersonationRoutes.ImpersonationQuery
    ) -> DeskPage {
        let more = page.next.map { next in
            var items = [("after", Cursor.seal(next))]
            if let state = query.state { items.append(("state", state.rawValue)) }
            if let account = query.account { items.append(("account", account.description)) }
            return Links.with("/impersonations", items)
        }
        let ends = page.items.filter { $0.endedAt == nil }.map { one in
            DeskForm(
                "End it for \(one.administratorName) as \(one.accountName)",
                to: "/impersonations/\(one.id)/end",
                [.area("reason", "Reason", required: false)])
        }
        return DeskPage(
            "Looking on", lead: "Who looked at the shop or a desk as somebody else, and why.",
            tabs: DeskPage.Tab.states(
                ImpersonationRoutes.State.allCases.map(\.rawValue), of: "/impersonations",
                chosen: query.state?.rawValue),
            [table(page, nil, more: more)]
                + (ends.isEmpty ? [] : [Block("Still going on", forms: ends)]))
    }

    static func table(
        _ page: Kernel.Page<Impersonation>, _ heading: Phrase?, more: String?
    ) -> Block {
        Block(
            heading,
            table: Table(
                ["Who", "As", "Where", "Reason", "From", "To|until", "State"],
                page.items.map { one in
                    [
                        Cell(data: one.administratorName),
                        Cell(data: one.accountName, to: Links.account(one.account)),
                        Cell(one.sellerName.map(Phrase.data) ?? "The shop"), Cell(data: one.reason),
                        .time(one.openedAt ?? one.begunAt), .time(one.endedAt ?? one.until),
                        one.stateCell,
                    ]
                }), nothing: "Nobody did.", more: page.next == nil ? nil : more)
    }
}

extension Impersonation {
    fileprivate var stateCell: Cell {
        switch ending {
        case nil: Cell(openedAt == nil ? "not opened yet" : "goes on", .waiting)
        case .administrator: Cell("ended")
        case .person: Cell("ended by the person")
        case .timeOver: Cell("time was over")
        case .notOpened: Cell("never opened")
        case .rightLost: Cell("the right to it was lost")
        case .signedOut: Cell("signed out")
        }
    }
}
