import Postgres
import Vocabulary

extension Marketplace {
    /// Who was asked into the shop and has not answered, newest first; at most twenty.
    public func invitations(as member: SellerMember) async throws -> [TeamInvitation] {
        try member.require(.manageTeam)
        return try await database.invitations.list(of: member.seller)
    }

    /// Sends an address a link that makes its reader a member. Whether there is an account of the
    /// address is neither asked nor told.
    /// - Parameter home: where the seller app is; never what a request says of itself.
    /// - Throws: ``AccountRefusal/emailInvalid``, ``SellerRefusal/memberAlready``,
    ///   ``TeamInvitationRefusal`` for a shop that takes nobody in and for too many of them.
    public func invite(
        email: String, role: SellerRole, as member: SellerMember, at home: String
    ) async throws -> TeamInvitation {
        try member.require(.manageTeam)
        let email = try Account.normalizedEmail(email)
        guard MailMessage.isAddress(email) else { throw AccountRefusal.emailInvalid }
        let id = ID<TeamInvitation>()
        let token = TeamInvitation.newToken()
        return try await refusing(
            "team_invitation_open", as: TeamInvitationRefusal.openAlready
        ) {
            try await database.transaction { tx in
                try await admit(email, to: member.seller, isNew: true, tx)
                try await tx.invitations.insert(
                    id, email, as: role, by: member, hash: TeamInvitation.hash(of: token))
                return try await tell(id, "seller.member-invited", token, as: member, at: home, tx)
            }
        }
    }

    /// Sends the link again: a new one, good for another week. The one before ends.
    /// - Throws: ``TeamInvitationRefusal``; what is another shop's is unknown.
    public func sendAgain(
        _ id: ID<TeamInvitation>, as member: SellerMember, at home: String
    ) async throws -> TeamInvitation {
        try member.require(.manageTeam)
        let token = TeamInvitation.newToken()
        return try await database.transaction { tx in
            guard let open = try await tx.invitations.find(id, of: member.seller) else {
                throw TeamInvitationRefusal.unknown
            }
            try await admit(open.email, to: member.seller, isNew: false, tx)
            try await tx.invitations.renew(id, hash: TeamInvitation.hash(of: token))
            return try await tell(
                id, "seller.invitation-sent-again", token, as: member, at: home, tx)
        }
    }

    /// Takes an invitation back: its link opens nothing any more.
    /// - Throws: ``TeamInvitationRefusal/unknown``.
    public func takeBackInvitation(
        _ id: ID<TeamInvitation>, as member: SellerMember
    ) async throws {
        try member.require(.manageTeam)
        try await database.transaction { tx in
            guard let open = try await tx.invitations.find(id, of: member.seller),
                try await tx.invitations.end(id, by: nil)
            else { throw TeamInvitationRefusal.unknown }
            try await tx.audit.record(
                "seller.invitation-taken-back", on: "seller", member.seller.description,
                by: member.account, as: .seller, for: member.seller,
                before: InvitationTrace(invitation: id, role: open.role), after: nil)
        }
    }

    /// Whether the shop may send a link to this address. Locks the shop: of two owners, one is
    /// counted after the other.
    private func admit(
        _ email: String, to seller: ID<Seller>, isNew: Bool, _ tx: Transaction
    ) async throws {
        guard let shop = try await tx.sellers.lock(seller) else { throw SellerRefusal.unknown }
        try shop.state.requireJoining()
        let counts = try await tx.invitations.counts(of: seller, to: email)
        if isNew {
            let team = try await tx.teams.list(of: seller)
            guard !team.contains(where: { $0.email == email }) else {
                throw SellerRefusal.memberAlready
            }
            guard team.count < teamMax else { throw TeamInvitationRefusal.teamFull }
            guard counts.open < TeamInvitation.openMax else {
                throw TeamInvitationRefusal.tooManyOpen
            }
            guard counts.today < TeamInvitation.dailyMax else {
                throw TeamInvitationRefusal.tooManyToday
            }
        }
        guard counts.letters < TeamInvitation.letterDailyMax else {
            throw TeamInvitationRefusal.tooManyLetters
        }
    }

    /// Writes the letter and the line of the trail.
    private func tell(
        _ id: ID<TeamInvitation>, _ action: String, _ token: String, as member: SellerMember,
        at home: String, _ tx: Transaction
    ) async throws -> TeamInvitation {
        guard let open = try await tx.invitations.find(id, of: member.seller) else {
            throw TeamInvitationRefusal.unknown
        }
        var language = try await tx.accounts.language(of: member.account)
        if let person = try await tx.accounts.find(email: open.email) {
            language = try await tx.accounts.language(of: person.id) ?? language
        }
        let words = try Words.kernel(language ?? .english)
        func message(_ link: String) -> MailMessage {
            Words.$current.withValue(words) {
                let letter = Letter.invitation(to: open.shop, as: open.role)
                return MailMessage(
                    id: ID(), from: settings.mail.from, recipient: open.email,
                    language: language ?? .english, subject: letter.subject,
                    body: letter.body(to: nil, about: link, home: home), at: .systemNow)
            }
        }
        let link = "\(home)/invitations/\(token)"
        // The back office shows what was written, but not what opens the shop; in a demo without
        // a mail server its mailbox is all there is.
        let shown = settings.isDemo ? link : "\(home)/invitations/…"
        try await tx.mails.insert(
            message(link), showing: message(shown).body, topic: TeamInvitation.topic,
            isSendable: settings.mail.host != nil)
        try await tx.audit.record(
            action, on: "seller", member.seller.description, by: member.account, as: .seller,
            for: member.seller, before: nil,
            after: InvitationTrace(invitation: id, role: open.role))
        return open
    }
}

extension TeamInvitation {
    /// Of the letter with the link.
    static let topic = "seller.invitation"
}

extension Seller.State {
    /// Somebody joins a shop that goes on.
    func requireJoining() throws(TeamInvitationRefusal) {
        switch self {
        case .closed: throw .shopClosed
        case .suspended: throw .shopSuspended
        case .applied, .submitted, .verified, .rejected: return
        }
    }
}
