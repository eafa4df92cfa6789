import Kernel
import Vocabulary

/// Where people choose the language of the pages, in every app that has more than one.
struct LanguagePages {
    struct LanguagePath: Described { let language: Language }

    func mount(on routes: Routes) {
        routes.get("/language/{language}").path(LanguagePath.self).query(Then.self)
            .show(as: Visitor.self) { call, visitor in
                guard call.request.site.languages.contains(call.path.language) else {
                    throw WebRefusal.notFound
                }
                call.request.remember(call.path.language)
                // The cookie is this browser's. What a person is written in is changed by them
                // alone, and by no link that stands somewhere else.
                if let account = visitor.account, call.request.comesFromOwnPage,
                    try await call.request.impersonation() == nil
                {
                    try await call.marketplace.chooseLanguage(
                        call.path.language, of: account.id)
                }
                return .seeOther(call.query.path(or: "/"))
            }
    }
}

extension LayoutPage {
    /// A language that the page can be read in.
    struct LanguageLink {
        let href: String
        let code: String
        let name: String
        let isCurrent: Bool
    }

    /// None where there is nothing to choose.
    static func languages(_ site: Site, _ request: WebRequest) -> [LanguageLink] {
        guard site.languages.count > 1 else { return [] }
        // What a form was sent to cannot be asked for again.
        let here = request.method == .get ? request.head.path ?? "/" : "/"
        let then = here == "/" ? "" : "?then=\(PercentEncoding.encode(here))"
        return site.languages.map { language in
            LanguageLink(
                href: "/language/\(language.code)\(then)", code: language.code,
                name: language.name, isCurrent: language == Words.current.language)
        }
    }
}
