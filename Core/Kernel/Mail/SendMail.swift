import Vocabulary

extension Marketplace {
    /// Writes the letters of new notices: kept in the transaction that marks the notices, so that
    /// each is written once. Sends nothing.
    /// - Returns: whether there may be more.
    @discardableResult
    public func writeLetters(limit: Int = 200) async throws -> Bool {
        try await database.transaction { tx in
            let notices = try await tx.mails.unmailed(limit: limit)
            guard !notices.isEmpty else { return false }
            let receipts = try await tx.purchases.receipts(
                of: Array(Set(notices.compactMap { $0.listedPurchase })))
            for notice in notices {
                let receipt = notice.listedPurchase.flatMap { receipts[$0] }
                guard let message = try message(of: notice, listing: receipt) else { continue }
                try await tx.mails.insert(
                    message, of: notice, isSendable: settings.mail.host != nil)
            }
            try await tx.mails.markMailed(notices.map(\.id))
            return true
        }
    }

    private func message(
        of notice: UnmailedNotice, listing receipt: PurchaseReceipt?
    ) throws -> MailMessage? {
        if Letter.isAboutMoney(notice.topic), notice.audience == .seller {
            guard notice.role?.permissions.contains(.readMoney) == true else { return nil }
        }
        if let choice = MailChoice(notice.topic, for: notice.audience),
            notice.refused.contains(choice)
        {
            return nil
        }
        guard MailMessage.isAddress(notice.recipient) else { return nil }
        let language = notice.language ?? .english
        return try Words.$current.withValue(.kernel(language)) {
            guard var letter = Letter(notice.topic, for: notice.audience, notice.facts) else {
                return nil
            }
            if let receipt {
                letter = try letter.listing(
                    receipt,
                    at: "\(settings.storefrontURL)/purchases/\(receipt.purchase.id)/receipt")
            }
            return MailMessage(
                id: ID(), from: settings.mail.from, recipient: notice.recipient,
                language: language, subject: letter.subject,
                body: letter.body(
                    to: notice.name, about: link(in: notice), home: home(of: notice.audience),
                    isGuest: notice.name == nil),
                at: .systemNow)
        }
    }

    /// The page that says more; nil where there is none.
    private func link(in notice: UnmailedNotice) -> String? {
        let about = notice.about
        return switch notice.audience {
        case .customer: about.purchase.map { "\(settings.storefrontURL)/purchases/\($0)" }
        case .seller:
            switch about.kind {
            case "order": "\(settings.sellerURL)/orders/\(about.id)"
            case "invoice": "\(settings.sellerURL)/money/invoices/\(about.id)"
            case "payout": "\(settings.sellerURL)/money/payouts/\(about.id)"
            case "dispute": "\(settings.sellerURL)/money/disputes"
            case "wallet": "\(settings.sellerURL)/money/wallets"
            case "seller" where Letter.isAboutMoney(notice.topic): "\(settings.sellerURL)/money"
            default: "\(settings.sellerURL)/"
            }
        case .administrator: nil
        }
    }

    private func home(of audience: Notice.Audience) -> String {
        audience == .seller ? settings.sellerURL : settings.storefrontURL
    }

    /// More tries than these, over about two days, and it is given up.
    private static let mailTriesMax = 12

    /// Hands over what is due, one after the other, each outside of any transaction; stops at the
    /// first that the server did not take, since it is likely to be away for all.
    ///
    /// A process that dies after the server took a message and before that is written down sends
    /// it again, under the same Message-ID.
    /// - Returns: how many were sent.
    @discardableResult
    public func sendMail(limit: Int = 500) async throws -> Int {
        guard settings.mail.host != nil else { return 0 }
        var sent = 0
        for _ in 0..<limit {
            guard
                let (mail, message) = try await database.mails.claim(
                    for: settings.mail.deadline * 3)
            else { return sent }
            let submission = SMTPSubmission(
                settings: settings.mail, folder: settings.toolFolder, recipient: mail.recipient,
                message: message)
            switch try await mailing.run({ try submission.run() }) {
            case .taken:
                try await database.mails.markSent(mail.id)
                sent += 1
            case .refused(let error):
                try await database.mails.markFailed(mail.id, error)
                logger.warning(
                    "mail.refused", metadata: ["mail": "\(mail.id)", "error": "\(error)"])
            case .notNow(let error):
                guard mail.tries < Self.mailTriesMax else {
                    try await database.mails.markFailed(mail.id, error)
                    return sent
                }
                try await database.mails.putOff(mail.id, by: Self.pause(after: mail.tries), error)
                logger.warning(
                    "mail.put-off", metadata: ["mail": "\(mail.id)", "error": "\(error)"])
                return sent
            }
        }
        return sent
    }

    /// Half a minute, doubled with every try, six hours at most.
    private static func pause(after tries: Int) -> Duration {
        min(.seconds(21_600), .seconds(30) * (1 << min(max(tries - 1, 0), 12)))
    }

    /// What e-mail needs a worker for.
    func addMail(to handlers: inout JobHandlers) {
        handlers.every(.seconds(1), JobKind("mail.write", lane: .mail)) { _ in
            while try await writeLetters() {}
            return .done
        }
        // In another lane than notices: a server that does not answer must not keep them waiting.
        handlers.every(.seconds(2), JobKind("mail.send", lane: .bulk)) { _ in
            try await sendMail()
            return .done
        }
    }
}
