import Vocabulary

/// What stands around a page: the app fills it once per request.
public struct Chrome: Sendable {
    public struct Link: Sendable {
        public let href: String
        public let label: String

        public init(_ label: String, _ href: String) {
            self.href = href
            self.label = label
        }
    }

    /// The main navigation.
    public var links: [Link]
    /// At the right: account, cart, sign in.
    public var corner: [Link]
    /// What is in the search box; nil hides the box.
    public var search: String?
    /// Whether somebody is signed in, who may sign out.
    public var signedInAs: String?

    public init(
        links: [Link] = [], corner: [Link] = [], search: String? = nil, signedInAs: String? = nil
    ) {
        self.links = links
        self.corner = corner
        self.search = search
        self.signedInAs = signedInAs
    }
}

/// The model of `layout.mustache`.
struct LayoutPage {
    struct Link {
        let href: String
        let label: String
        let isCurrent: Bool
    }

    let title: String
    let siteTitle: String
    let stylesheet: String
    let appName: String
    let links: [Link]
    let corner: [Link]
    let hasLinks: Bool
    let showsSearch: Bool
    let search: String
    let signedInAs: String?
    let notice: String?
    let warning: String?
    let content: String

    init(_ site: Site, _ chrome: Chrome, path: String, title: String, flash: Flash?, _ page: String)
    {
        func shown(_ links: [Chrome.Link]) -> [Link] {
            links.map { Link(href: $0.href, label: $0.label, isCurrent: $0.href == path) }
        }
        self.title = title
        siteTitle = site.title
        stylesheet = site.assets.path("style.css")
        appName = site.app.rawValue
        links = shown(chrome.links)
        corner = shown(chrome.corner)
        hasLinks = !chrome.links.isEmpty
        showsSearch = chrome.search != nil
        search = chrome.search ?? ""
        signedInAs = chrome.signedInAs
        notice = flash?.kind == .good ? flash?.text : nil
        warning = flash?.kind == .bad ? flash?.text : nil
        content = page
    }
}

/// The model of `problem.mustache`.
struct ProblemPage {
    let headline: String
    let explanation: String
    let requestID: String
    let isFault: Bool
}
