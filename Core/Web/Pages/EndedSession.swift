import HTTPTypes
import Hummingbird
import Kernel
import Redis
import Vocabulary

// A form that was sent after its session had ended: it is kept, and shown once more to the same
// person when they have signed in again. Nothing of it is done until they send it anew.

/// What becomes of a form beside being answered by its route; the responder does it.
enum FormTurn: Error {
    /// It waits for its person, as this page says.
    case kept(PageAnswer)
    /// It has waited, and is to be shown by the route that it was sent to.
    case shown(KeptForm)
}

extension WebRequest {
    /// Whether this may be a form of a session that has ended, as far as can be known before it is
    /// read.
    private var hasEndedSession: Bool {
        method == .post && wantsPage && bearer == nil
            && cookie(sessionCookie).map(Secrets.isToken) ?? false
            && trace.notes.withLock { notes in notes.session.map { $0.account == nil } ?? false }
    }

    /// Proves the caller of a page or form.
    /// - Parameter isShownWhole: whether the page of the form can be shown again, where files are
    ///   chosen.
    /// - Throws: what ``prove(_:needing:_:)`` throws; ``FormTurn/kept(_:)`` for a form whose
    ///   session has ended.
    func prove<Who: Caller>(
        _ who: Who.Type, needing needs: [Who.Need], _ shape: PageShape, isShownWhole: Bool
    ) async throws -> Who {
        do { return try await prove(who, needing: needs, shape.limit) } catch WebRefusal
            .signInNeeded where hasEndedSession
        {
            // What would not be kept is not read.
            if isShownWhole || bodyType != "multipart/form-data" {
                let sent = try await SentForm(self, filesLimit: shape.filesLimit)
                try await keep(sent, isShownWhole: isShownWhole)
            }
            throw WebRefusal.signInNeeded
        }
    }

    /// Keeps a form whose page was made for an account that is not signed in any more. Every other
    /// form, and one that cannot be kept, is left to whoever asks.
    /// - Throws: ``FormTurn/kept(_:)``
    fileprivate func keep(_ sent: SentForm, isShownWhole: Bool) async throws {
        guard hasEndedSession, sent.files.isEmpty || isShownWhole else { return }
        let account: ID<Account>?
        do throws(WebRefusal) { account = try formReader(sent.token) } catch { return }
        guard let account else { return }
        let form = KeptForm(sent, to: self)
        let token: String?
        do { token = try await site.keptForms.keep(form, for: account) } catch is RedisError {
            logger.warning("form.not-kept")
            return
        }
        guard let token else { return }
        throw FormTurn.kept(
            .page(
                "form-kept",
                FormKeptPage(
                    signIn: Then(then: KeptFormPages.path(token)).onward("/sign-in"),
                    hadFiles: !form.files.isEmpty, hadSecrets: !form.secrets.isEmpty),
                title: localized("Please sign in"), status: .unauthorized))
    }

    /// The request that shows a form again which waited.
    func showing(_ form: KeptForm, _ parameters: [String: String]) -> WebRequest {
        WebRequest(
            site: site, head: head, path: form.path,
            query: form.query.map { ($0.name, $0.value) }, id: id, address: address,
            bodyStream: bodyStream, trace: trace, parameters: parameters, kept: form)
    }
}

extension SentForm {
    /// The form once more, where it is not for its route to answer yet: since it waited for its
    /// person, or since its page is outdated.
    /// - Throws: ``FormTurn/kept(_:)``, and what ``outdated(_:_:_:again:)`` throws.
    func unanswered<Who: Caller>(
        _ request: WebRequest, _ shape: PageShape, _ caller: Who,
        again: (@Sendable (Again, Who) async throws -> PageAnswer)?
    ) async throws -> PageAnswer? {
        if request.kept != nil {
            return try await waited(request, shape.form, caller, again: again)
        }
        if !shape.outlivesSession { try await request.keep(self, isShownWhole: again != nil) }
        return try await outdated(request, shape.form, caller, again: again)
    }

    /// The form with a word about why it is shown once more, and about its files.
    func onceMore(_ request: WebRequest, _ form: Schema, _ words: String) -> Again {
        let files = fileInputs.isEmpty ? nil : localized("Files are not kept: choose them anew.")
        return again(
            request, form, [words, files].compactMap(\.self).joined(separator: " "))
    }

    /// The form that waited, with all that was kept of it.
    private func waited<Who: Caller>(
        _ request: WebRequest, _ form: Schema, _ caller: Who,
        again: (@Sendable (Again, Who) async throws -> PageAnswer)?
    ) async throws -> PageAnswer {
        let typed = onceMore(
            request, form,
            localized(
                """
                Your session had ended when you sent this. Nothing was done yet: look at it and \
                send it once more.
                """))
        var answer = try await again?(typed, caller) ?? typed.alone()
        // A page that leads elsewhere would lose the words, which it cannot hold.
        if case .seeOther = answer.kind { answer = typed.alone() }
        answer.isRefused = true
        return answer
    }
}

/// Where a form that waited is shown again.
struct KeptFormPages {
    struct Query: Described {
        let form: String?
        static let rules: [String: [Rule]] = ["form": [.length(0...60)]]
    }

    static func path(_ token: String) -> String { "/kept-form?form=\(token)" }

    let home: String

    func mount(on routes: Routes) {
        routes.get("/kept-form").query(Query.self).closedOnBehalf()
            .show(as: SignedIn.self) { call, person in
                if let token = call.query.form,
                    let form = try await call.request.site.keptForms.find(
                        token, of: person.account.id)
                {
                    throw FormTurn.shown(form)
                }
                return .page(
                    "form-gone", FormGonePage(home: home), title: localized("Nothing is kept here"))
            }
    }
}

/// The model of `form-kept.mustache`.
struct FormKeptPage {
    let signIn: String
    let hadFiles: Bool
    let hadSecrets: Bool
}

/// The model of `form-gone.mustache`.
struct FormGonePage {
    let home: String
}
