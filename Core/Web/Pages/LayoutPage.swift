import Kernel
import Vocabulary

/// The model of `layout.mustache`.
struct LayoutPage {
    struct Link {
        let href: String
        let label: String
        let group: String?
        let isCurrent: Bool
    }

    /// BCP 47.
    let language: String
    /// In the words of Open Graph.
    let locale: String
    let languages: [LanguageLink]
    let hasLanguages: Bool
    let title: String
    let siteTitle: String
    let stylesheet: String
    let icon: String
    /// Nil in apps that need none.
    let script: String?
    let appName: String
    let links: [Link]
    let corner: [Link]
    /// Empty but on pages of one's own account.
    let own: [Link]
    let hasOwn: Bool
    let hasSide: Bool
    let hasTopLinks: Bool
    let showsSearch: Bool
    let search: String
    /// What customers see, and who works here does not.
    let isShop: Bool
    let signedInAs: String?
    /// Set for whoever looks on as somebody else.
    let onBehalf: OnBehalfBanner?
    let notice: String?
    let warning: String?
    let content: String
    let isListed: Bool
    let description: String?
    let canonical: String?
    let picture: String?
    let kind: String
    /// JSON-LD, safe within a script element.
    let structured: [String]

    init(
        _ site: Site, _ chrome: Chrome, _ request: WebRequest, title: String,
        head: PageHead? = nil, flash: Flash?, _ page: String
    ) {
        let path = request.path
        language = Words.current.language.code
        locale = Self.locale(Words.current.language)
        languages = Self.languages(site, request)
        hasLanguages = !languages.isEmpty
        let here = Self.current(chrome.links, path)
        func shown(_ links: [Chrome.Link], _ here: String?) -> [Link] {
            zip(links, [nil] + links.map(\.group)).map { link, before in
                Link(
                    href: link.href, label: link.label,
                    group: link.group == before ? nil : link.group, isCurrent: link.href == here)
            }
        }
        self.title = title
        siteTitle = site.title
        stylesheet = site.assets.path("style.css")
        icon = site.assets.path("icon.svg")
        script =
            switch site.app {
            case .customer: site.assets.path("shop.js")
            case .seller, .admin: site.assets.path("desk.js")
            }
        appName = site.app.rawValue
        links = shown(chrome.links, here)
        corner = shown(chrome.corner, path)
        let ownPage = Self.current(chrome.own, path)
        own = ownPage == nil ? [] : shown(chrome.own, ownPage)
        hasOwn = ownPage != nil
        hasSide = chrome.isAtSide
        hasTopLinks = !chrome.isAtSide && !chrome.links.isEmpty
        showsSearch = chrome.search != nil
        search = chrome.search ?? ""
        isShop = site.app == .customer
        signedInAs = chrome.signedInAs
        onBehalf = request.knownImpersonation.map { OnBehalfBanner($0) }
        notice = flash?.kind == .good ? flash?.text : nil
        warning = flash?.kind == .bad ? flash?.text : nil
        content = page
        let base = site.settings.publicURL ?? ""
        isListed = head != nil
        description = head?.description
        canonical = head.map { base + $0.canonical }
        picture = head?.picture.map { base + $0 }
        kind = head?.kind ?? "website"
        structured = head?.structured.map { $0.scriptText(base: base) } ?? []
    }

    /// A language with the country in which it is written as our pages write it.
    private static func locale(_ language: Language) -> String {
        switch language {
        case .english: "en_GB"
        case .german: "de_DE"
        case .french: "fr_FR"
        }
    }

    /// The link that leads to where one is, or to the list that it belongs to.
    static func current(_ links: [Chrome.Link], _ path: String) -> String? {
        links.map(\.href).filter { href in
            href == path || href != "/" && path.hasPrefix(href + "/")
        }.max { $0.utf8.count < $1.utf8.count }
    }
}
