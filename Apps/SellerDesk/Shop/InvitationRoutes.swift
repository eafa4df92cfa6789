import Kernel
import Vocabulary
import Web

/// Asking somebody into the shop, and what the link in the letter opens.
struct InvitationRoutes {
    struct InvitationPath: Described { let invitation: ID<TeamInvitation> }
    struct LinkPath: Described {
        let link: String
        static let rules: [String: [Rule]] = [
            "link": [.length(43...43), .about("What stands at the end of the link.")]
        ]
    }

    struct InvitationAnswer: Codable, Sendable {
        let id: ID<TeamInvitation>
        let email: String
        let role: TeamAPI.Role
        let sentAt: Instant
        let expiresAt: Instant

        init(_ invitation: TeamInvitation) {
            id = invitation.id
            email = invitation.email
            role = TeamAPI.Role(invitation.role)
            sentAt = invitation.sentAt
            expiresAt = invitation.expiresAt
        }
    }

    /// What the reader of a link is told of it.
    struct OfferAnswer: Codable, Sendable {
        let shop: String
        let email: String
        let role: TeamAPI.Role
        let expiresAt: Instant

        init(_ invitation: TeamInvitation) {
            shop = invitation.shop
            email = invitation.email
            role = TeamAPI.Role(invitation.role)
            expiresAt = invitation.expiresAt
        }
    }

    struct MembershipAnswer: Codable, Sendable {
        let sellerId: ID<Seller>
        let role: TeamAPI.Role

        init(_ member: SellerMember) {
            sellerId = member.seller
            role = TeamAPI.Role(member.role)
        }
    }

    func mount(on routes: Routes) {
        routes.post("/team/invitations").form(NewMember.self)
            .show(as: Member.self, needing: [.manageTeam], again: again) { call, member in
                let invitation = try await call.marketplace.invite(
                    email: call.form.email, role: call.form.role, as: member.membership,
                    at: call.request.appURL)
                return .seeOther(
                    Links.team,
                    notice: localized("An invitation is on its way to \(invitation.email)."))
            }
        routes.post("/team/invitations/{invitation}/letter").path(InvitationPath.self)
            .show(as: Member.self, needing: [.manageTeam], again: again) { call, member in
                let invitation = try await call.marketplace.sendAgain(
                    call.path.invitation, as: member.membership, at: call.request.appURL)
                return .seeOther(
                    Links.team,
                    notice: localized("A new link is on its way to \(invitation.email)."))
            }
        routes.post("/team/invitations/{invitation}/end").path(InvitationPath.self)
            .show(as: Member.self, needing: [.manageTeam], again: again) { call, member in
                try await call.marketplace.takeBackInvitation(
                    call.path.invitation, as: member.membership)
                return .seeOther(Links.team, notice: localized("The invitation is taken back."))
            }
        routes.get("/invitations/{link}").path(LinkPath.self).show(as: Visitor.self, use: offer)
        routes.post("/invitations/{link}").path(LinkPath.self).limited(.signIn)
            .show(as: SignedIn.self, use: take)
    }

    func mount(on api: API) {
        let tag = "Team"
        api.get("/team/invitations", "Who is invited and has not answered", tag: tag)
            .about("Newest first, at most twenty; also those whose link is too old.")
            .handle(as: Member.self, needing: [.manageTeam]) { call, member in
                Listed(
                    items: try await call.marketplace.invitations(as: member.membership)
                        .map { InvitationAnswer($0) }, next: nil)
            }
        api.post("/team/invitations", "Invite somebody by e-mail", tag: tag)
            .about(
                """
                A link goes to the address. It is good for seven days, once, and for an account \
                of this address. Whether there is one is not told.
                """
            )
            .body(TeamAPI.NewMember.self).refuses(.conflict).onlyOnce().succeeds(with: .created)
            .handle(as: Member.self, needing: [.manageTeam]) { call, member in
                InvitationAnswer(
                    try await call.marketplace.invite(
                        email: call.body.email, role: call.body.role.kernel,
                        as: member.membership, at: call.request.appURL))
            }
        api.post("/team/invitations/{invitation}/letters", "Send the link again", tag: tag)
            .about("A new one, good for another seven days. The one before ends.")
            .path(InvitationPath.self).refuses(.conflict).onlyOnce()
            .handle(as: Member.self, needing: [.manageTeam]) { call, member in
                InvitationAnswer(
                    try await call.marketplace.sendAgain(
                        call.path.invitation, as: member.membership, at: call.request.appURL))
            }
        api.delete("/team/invitations/{invitation}", "Take an invitation back", tag: tag)
            .path(InvitationPath.self)
            .handle(as: Member.self, needing: [.manageTeam]) { call, member in
                try await call.marketplace.takeBackInvitation(
                    call.path.invitation, as: member.membership)
                return Nothing()
            }
        api.get("/invitations/{link}", "What a link invites to", tag: tag)
            .path(LinkPath.self).limited(.signIn).refuses(.conflict)
            .handle(as: Visitor.self) { call, _ in
                OfferAnswer(try await call.marketplace.invitation(call.path.link))
            }
        api.put("/invitations/{link}", "Become a member by a link", tag: tag)
            .about(
                """
                For the account whose address the link was sent to. It works once; whoever became \
                a member by it is answered so again.
                """
            )
            .path(LinkPath.self).limited(.signIn).refuses(.conflict)
            .handle(as: SignedIn.self) { call, person in
                MembershipAnswer(
                    try await call.marketplace.takeInvitation(
                        call.path.link, as: person.account.id))
            }
    }

    private func offer(
        _ call: PageCall<LinkPath, Nothing, Nothing>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        do {
            let invitation = try await call.marketplace.invitation(call.path.link)
            return .page(
                "invitation",
                InvitationPage(invitation, link: call.path.link, reader: visitor.account),
                title: localized("An invitation"))
        } catch let refusal as TeamInvitationRefusal { return Self.over(refusal) }
    }

    private func take(
        _ call: PageCall<LinkPath, Nothing, Nothing>, _ person: SignedIn
    ) async throws -> PageAnswer {
        do {
            let member = try await call.marketplace.takeInvitation(
                call.path.link, as: person.account.id)
            try await call.request.choose(member.seller)
            let shop = try await call.marketplace.seller(member.seller)
            return .seeOther(Links.home, notice: localized("You belong to \(shop.name) now."))
        } catch let refusal as TeamInvitationRefusal { return Self.over(refusal) }
    }

    private static func over(_ refusal: TeamInvitationRefusal) -> PageAnswer {
        .page(
            "invitation-over",
            InvitationOverPage(explanation: refusal.localizedExplanation),
            title: localized("This invitation opens nothing"),
            status: refusal == .over ? .notFound : .conflict)
    }

    @Sendable private func again(_ again: Again, _ member: Member) async throws -> PageAnswer {
        try await TeamRoutes.page(
            again.request.marketplace, member, warning: again.explanation,
            typed: NewMemberTyped(again))
    }
}

/// The model of `invitation.mustache`.
struct InvitationPage {
    let shop: String
    let role: String
    let email: String
    let until: String
    /// Where the answer is sent; nil for whoever has to sign in first.
    let action: String?
    /// As whom somebody else is signed in.
    let stranger: String?
    let signIn: String?
    let register: String

    init(_ invitation: TeamInvitation, link: String, reader: Account?) {
        let path = "/invitations/\(link)"
        shop = invitation.shop
        role = invitation.role.label
        email = invitation.email
        until = Format.date(invitation.expiresAt)
        action = reader?.email == invitation.email ? path : nil
        stranger = reader.flatMap { $0.email == invitation.email ? nil : $0.email }
        signIn = reader == nil ? "/sign-in?then=\(path)" : nil
        register = "/register?then=\(path)"
    }
}

/// The model of `invitation-over.mustache`.
struct InvitationOverPage {
    let explanation: String
}

/// What was typed into the form that invites.
struct NewMemberTyped {
    let email: String
    let role: SellerRole?

    init(_ again: Again) {
        email = again.values["email"] ?? ""
        role = again.values["role"].flatMap(SellerRole.init(rawValue:))
    }
}
