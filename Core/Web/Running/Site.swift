import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore
import Redis

/// One app as Web sees it: its name, its look and what it stands on.
public final class Site: Sendable {
    /// Which app; also the audience of its tokens and the name of its cookie.
    public let app: AccessToken.Audience
    public let title: String
    public let marketplace: Marketplace
    public let redis: RedisClient
    public let settings: WebSettings
    public let logger: Logger
    let times: RequestTimes
    public let carts: CartStore
    public let guestWishes: GuestWishes
    public let visits: VisitStore
    let sessions: SessionStore
    let pendingSignIns: PendingSignIns
    let keptForms: KeptForms
    let limiter: RateLimiter
    let largeBodies: LargeBodies
    /// Those that pages are made in; English first.
    public let languages: [Language]
    private let pages: SitePages
    let assets: Assets
    private let chrome: @Sendable (WebRequest, Account?) async throws -> Chrome

    /// - Parameters:
    ///   - templates: the app's `Bundle.module`, which holds a `Templates` folder.
    ///   - chrome: what stands around every page.
    /// - Throws: templates or assets that cannot be read.
    public init(
        _ app: AccessToken.Audience, title: String, marketplace: Marketplace, redis: RedisClient,
        settings: WebSettings, templates bundle: Bundle,
        logger: Logger,
        chrome: @escaping @Sendable (WebRequest, Account?) async throws -> Chrome
    ) throws {
        self.app = app
        self.title = title
        self.marketplace = marketplace
        self.redis = redis
        self.settings = settings
        self.logger = logger
        times = RequestTimes(app: app.rawValue)
        self.chrome = chrome
        sessions = SessionStore(redis: redis, app: app.rawValue)
        pendingSignIns = PendingSignIns(redis: redis, app: app.rawValue)
        keptForms = KeptForms(redis: redis, app: app.rawValue)
        carts = CartStore(redis: redis)
        guestWishes = GuestWishes(redis: redis)
        visits = VisitStore(redis: redis)
        limiter = RateLimiter(redis: redis, limits: settings.limits, app: app.rawValue)
        largeBodies = LargeBodies(max: settings.largeBodiesMax)
        pages = try SitePages.of(bundle)
        languages = pages.languages
        assets = try Assets(folder: Bundle.module.url(forResource: "Assets", withExtension: nil))
    }

    /// The app with its routes, ready to be served or tested.
    public func app(_ mount: (Routes) -> Void) -> WebApp {
        let routes = Routes(site: self)
        mount(routes)
        return WebApp(site: self, routes: routes)
    }

    func respond(
        _ answer: PageAnswer, _ request: WebRequest, _ caller: some Caller
    ) async throws -> Response {
        if let flash = answer.flash { request.leave(flash) }
        switch answer.kind {
        case .response(let response): return response
        case .seeOther(let path):
            return Response(
                status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
        case .page(let template, let model, let title):
            var content = try templates.render(model, template)
            if let fault = answer.fault { content = fault.mark(content) }
            // A sign-in or sign-out within this request changes what stands around the page.
            let flash = request.takeFlash()
            let layout = LayoutPage(
                self, try await chrome(request, caller.signedIn), request,
                title: answer.isRefused ? localized("Error: \(title)") : title,
                head: answer.head, flash: flash, content)
            var response = try page(layout, answer.status, request)
            if answer.isKeptForBack, flash == nil, caller.signedIn == nil {
                response.headers[.cacheControl] = "private, no-cache"
            }
            if let refresh = answer.refresh { response.headers[.refresh] = refresh.header }
            return response
        }
    }

    /// In the language of the page that is being made.
    var templates: Templates { pages.templates }

    /// The words of a language that the site has; English else.
    func words(_ language: Language) -> Words { pages.words(language) }

    private func page(
        _ layout: LayoutPage, _ status: HTTPResponse.Status, _ request: WebRequest
    ) throws -> Response {
        let text = try templates.render(layout, "layout")
        let (html, forms) = HTMLForms.fill(text) { request.formToken() }
        if forms > 0 { request.rememberBrowser() }
        return Response(
            status: status,
            headers: headers(of: [.cacheControl: "no-store"]),
            body: .init(byteBuffer: ByteBuffer(string: html)))
    }

    /// With what says in which language a page is, and what else it would depend on.
    private func headers(of page: HTTPFields) -> HTTPFields {
        var headers = page
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.contentLanguage] = Words.current.language.code
        if languages.count > 1 { headers[.vary] = "Accept-Language, Cookie" }
        return headers
    }

    /// A problem as JSON.
    func answer(to problem: Problem, _ request: WebRequest) -> Response {
        var headers = problem.headers
        headers[.contentType] = "application/problem+json"
        return Response(
            status: problem.status, headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: problem.json(request: request.id).bytes)))
    }

    /// A problem as a page; as JSON when even the page cannot be made.
    func page(for problem: Problem, _ request: WebRequest) async -> Response {
        let model = ProblemPage(
            headline: Self.headline(problem.status), explanation: problem.localizedDetail,
            signIn: problem.code == WebRefusal.signInNeeded.code
                ? Then(then: request.pageBefore).onward("/sign-in") : nil,
            back: request.pageBefore.flatMap { page in
                request.method == .get
                    && page.split(separator: "?").first.map(String.init)
                        == request.path
                    ? nil : page
            },
            requestID: request.id, isFault: problem.status.code >= 500)
        do {
            let content = try templates.render(model, "problem")
            let layout = LayoutPage(
                self, await surroundings(of: problem, request), request,
                title: model.headline, flash: nil, content)
            let text = try templates.render(layout, "layout")
            let (html, forms) = HTMLForms.fill(text) { request.formToken() }
            if forms > 0 { request.rememberBrowser() }
            return Response(
                status: problem.status, headers: headers(of: problem.headers),
                body: .init(byteBuffer: ByteBuffer(string: html)))
        } catch {
            logger.error("problem page failed", metadata: ["error": "\(error)"])
            return answer(to: problem, request)
        }
    }

    /// What stands around every page; nothing where the fault may be that it cannot be had.
    private func surroundings(of problem: Problem, _ request: WebRequest) async -> Chrome {
        guard problem.status.code < 500 else { return Chrome() }
        do { return try await chrome(request, try await request.account()) } catch {
            return Chrome()
        }
    }

    private static func headline(_ status: HTTPResponse.Status) -> String {
        switch status.code {
        case 404: localized("We cannot find that")
        case 401: localized("Please sign in")
        case 403: localized("That is not allowed")
        case 409: localized("Something changed meanwhile")
        case 429: localized("Please wait a moment")
        case 500...: localized("Something broke on our side")
        default: localized("That did not work")
        }
    }
}
