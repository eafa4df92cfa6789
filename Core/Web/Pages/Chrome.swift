import Vocabulary

/// What stands around a page: the app fills it once per request.
public struct Chrome: Sendable {
    public struct Link: Sendable {
        public let href: String
        public let label: String
        /// What it has in common with its neighbours, in an app that lists many.
        public let group: String?

        public init(_ label: String, _ href: String, group: String? = nil) {
            self.href = href
            self.label = label
            self.group = group
        }
    }

    /// The main navigation.
    public var links: [Link]
    /// Whether the main navigation stands at the side where there is room for it.
    public var isAtSide: Bool
    /// At the right: account, cart, sign in.
    public var corner: [Link]
    /// The pages of one's own account, shown above each of them.
    public var own: [Link]
    /// What is in the search box; nil hides the box.
    public var search: String?
    /// Whether somebody is signed in, who may sign out.
    public var signedInAs: String?

    public init(
        links: [Link] = [], atSide isAtSide: Bool = false, corner: [Link] = [], own: [Link] = [],
        search: String? = nil, signedInAs: String? = nil
    ) {
        self.links = links
        self.isAtSide = isAtSide && !links.isEmpty
        self.corner = corner
        self.own = own
        self.search = search
        self.signedInAs = signedInAs
    }
}

/// The model of `problem.mustache`.
struct ProblemPage {
    let headline: String
    let explanation: String
    /// Where one signs in and then goes on; nil where that is not what is missing.
    var signIn: String?
    /// The page of ours from which the browser came; nil where it is the same one.
    var back: String?
    let requestID: String
    let isFault: Bool
}
