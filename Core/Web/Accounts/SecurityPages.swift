import Kernel
import Vocabulary

/// `/security`: where one is signed in, and the second step of signing in; the same in all apps.
struct SecurityPages: Sendable {
    static let home = "/security"
    static let twoStep = "/security/two-step"

    func mount(on routes: Routes) {
        routes.get("/security").show(as: SignedIn.self) { call, person in
            let factor = try await call.marketplace.secondFactor(of: person.account.id)
            let open = try await call.request.openSessions(of: person.account)
            let visits = try await call.marketplace.impersonations(
                .account(person.account.id), PageRequest(limit: SecurityPage.visitsMax))
            return .page(
                "security",
                SecurityPage(factor, open, visits.items, current: call.request.currentSessionID),
                title: localized("Sign-in and security"))
        }
        routes.post("/security/sessions/{session}/end").path(SecurityAPI.SessionPath.self)
            .show(as: SignedIn.self) { call, person in
                let isOwn = call.path.session == call.request.currentSessionID
                try await call.request.endSession(call.path.session, of: person.account)
                return .seeOther(
                    isOwn ? "/" : Self.home, notice: localized("That one is signed out."))
            }
        routes.post("/security/other-sessions/end").show(as: SignedIn.self) { call, person in
            try await call.request.endOtherSessions(of: person.account)
            return .seeOther(
                Self.home, notice: localized("You are signed in here and nowhere else."))
        }
        mountTwoStep(on: routes)
    }

    private func mountTwoStep(on routes: Routes) {
        routes.get("/security/two-step").show(as: SignedIn.self) { call, person in
            try await twoStep(call.request, person, warning: nil)
        }
        routes.post("/security/two-step").form(SecurityAPI.PresentPassword.self)
            .limited(.signIn).show(as: SignedIn.self, again: again) { call, person in
                let secret = try await call.request.beginTwoStep(
                    person.account, call.form.currentPassword)
                return .page(
                    "two-step-secret", SecretPage(secret), title: localized("Two-step sign-in"))
            }
        routes.post("/security/two-step/confirmation").form(SecurityAPI.FirstCode.self)
            .limited(.signIn).show(as: SignedIn.self, again: again) { call, person in
                let codes = try await call.request.confirmTwoStep(person.account, call.form.code)
                return .page(
                    "recovery-codes", RecoveryCodesPage(codes: codes, isFirst: true),
                    title: localized("Recovery codes"))
            }
        routes.post("/security/two-step/recovery-codes").form(SecurityAPI.PasswordAndCode.self)
            .limited(.signIn).show(as: SignedIn.self, again: again) { call, person in
                let codes = try await call.request.renewRecoveryCodes(
                    person.account, call.form.currentPassword, call.form.code)
                return .page(
                    "recovery-codes", RecoveryCodesPage(codes: codes, isFirst: false),
                    title: localized("Recovery codes"))
            }
        routes.post("/security/two-step/removal").form(SecurityAPI.PasswordAndCode.self)
            .limited(.signIn).show(as: SignedIn.self, again: again) { call, person in
                try await call.request.removeTwoStep(
                    person.account, call.form.currentPassword, call.form.code)
                return .seeOther(
                    Self.home, notice: localized("Signing in asks for your password alone now."))
            }
    }

    @Sendable private func again(_ again: Again, _ person: SignedIn) async throws -> PageAnswer {
        try await twoStep(again.request, person, warning: again.explanation)
    }

    /// What can be done now; whoever was about to confirm a secret may type another code of it.
    private func twoStep(
        _ request: WebRequest, _ person: SignedIn, warning: String?
    ) async throws -> PageAnswer {
        let factor = try await request.marketplace.secondFactor(of: person.account.id)
        let isConfirming =
            factor == nil && request.path == "\(Self.twoStep)/confirmation" && warning != nil
        return .page(
            "two-step", TwoStepPage(factor, isConfirming: isConfirming, warning: warning),
            title: localized("Two-step sign-in"))
    }
}

/// The model of `security.mustache`.
struct SecurityPage {
    struct Row {
        let id: String
        let device: String
        let app: String
        let started: String
        let lastUsed: String
        let isCurrent: Bool
    }

    /// How many of support's visits are shown; the JSON API has them all.
    static let visitsMax = 20

    let isTwoStepOn: Bool
    let twoStepSince: String
    let codesLeft: String
    let areCodesShort: Bool
    let sessions: [Row]
    let hasOthers: Bool
    /// When support looked at the account, one sentence each, as HTML.
    let visits: [String]
    let hasVisits: Bool

    init(
        _ factor: SecondFactor?, _ open: [OpenSession], _ visits: [Impersonation],
        current: String?
    ) {
        isTwoStepOn = factor != nil
        twoStepSince = factor?.confirmedAt.map { Format.date($0) } ?? ""
        let left = factor?.recoveryCodesLeft ?? 0
        codesLeft = Format.count(left, "recovery code", "recovery codes")
        areCodesShort = factor != nil && left < 3
        sessions = open.map { session in
            Row(
                id: session.id,
                device: Self.words(session),
                app: session.app.inWords,
                started: session.startedAt.map { Format.date($0) } ?? "",
                lastUsed: ClockTime.moment(session.lastUsedAt), isCurrent: session.id == current)
        }
        hasOthers = open.contains { $0.id != current }
        // What was allowed and never opened showed nobody anything.
        self.visits = visits.filter { $0.openedAt != nil }.map(Self.words)
        hasVisits = !self.visits.isEmpty
    }

    private static func words(_ session: OpenSession) -> String {
        if session.impersonation != nil {
            return localized("The marketplace's support, looking at your account")
        }
        return session.device.isEmpty ? localized("Unknown browser") : session.device
    }

    private static func words(_ visit: Impersonation) -> String {
        let begin = ClockTime.moment(visit.openedAt ?? visit.begunAt)
        let end = ClockTime.moment(visit.endedAt ?? visit.until)
        let place = visit.app.inWords
        return visit.endedAt == nil
            ? localized("Since \(begin), until \(end) at the latest: \(place).")
            : localized("From \(begin) to \(end): \(place).")
    }
}

extension AccessToken.Audience {
    fileprivate var inWords: String {
        switch self {
        case .customer: localized("Shop")
        case .seller: localized("Seller's desk")
        case .admin: localized("Back office")
        }
    }
}

/// The model of `two-step.mustache`.
struct TwoStepPage {
    let warning: String?
    let isOn: Bool
    let isConfirming: Bool
    let since: String
    let codesLeft: String

    init(_ factor: SecondFactor?, isConfirming: Bool, warning: String?) {
        self.warning = warning
        self.isConfirming = isConfirming
        isOn = factor != nil
        since = factor?.confirmedAt.map { Format.date($0) } ?? ""
        codesLeft = Format.count(
            factor?.recoveryCodesLeft ?? 0, "recovery code is left", "recovery codes are left")
    }
}

/// The model of `two-step-secret.mustache`.
struct SecretPage {
    let text: String
    let uri: String
    /// SVG.
    let picture: String?

    init(_ secret: SecondFactorSecret) {
        text = secret.text.replacing("-", with: " ")
        uri = secret.uri
        picture = QRCode.svg(secret.uri, label: localized("The secret for your authenticator app"))
    }
}

/// The model of `recovery-codes.mustache`.
struct RecoveryCodesPage {
    let codes: [String]
    let isFirst: Bool
}
