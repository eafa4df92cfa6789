import Foundation
import Hummingbird
import Kernel
import SellerDesk
import Storefront
import TestSupport
import Testing
import Vocabulary
import Web

@testable import Backoffice

@Suite struct `Who may come in` {
    /// What anybody may ask of the back office: to be let in, and how it is spoken to.
    static let open: Set<String> = [
        "/", "/sign-in", "/sign-out", "/register", "/docs", "/openapi.json", "/assets/{name}",
        "/api/v1/accounts", "/api/v1/sessions", "/api/v1/sessions/current", "/api/v1/tokens",
        "/sign-in/code", "/password/forgotten", "/password/reset/{reset}",
        "/api/v1/password-resets", "/api/v1/password-resets/{reset}",
        "/email/{change}", "/api/v1/email-changes/{change}",
        // Photos that the shop shows to everybody.
        "/media/{hash}", "/media/{hash}/{copy}",
        // In which language the pages are read.
        "/language/{language}",
    ]
    /// What somebody with an account may do for themselves.
    static let own: Set<String> = [
        "/api/v1/account", "/api/v1/sessions", "/api/v1/tokens", "/api/v1/tokens/{token}",
        "/api/v1/account/support-visits",
        "/name", "/api/v1/account/name", "/email", "/api/v1/account/email",
        "/sign-out/everywhere", "/password", "/api/v1/account/password", "/mail",
        "/api/v1/account/mail", "/api/v1/account/language", "/api/v1/sessions/others",
        "/api/v1/sessions/{session}",
        "/api/v1/account/two-step", "/api/v1/account/two-step/recovery-codes",
        "/api/v1/account/two-step/removal", "/security", "/security/sessions/{session}/end",
        "/security/other-sessions/end", "/security/two-step", "/security/two-step/confirmation",
        "/security/two-step/recovery-codes", "/security/two-step/removal", "/kept-form",
    ]

    @Test func `every route of every app says who may call it`() async throws {
        try await TestMarketplace.run { market in
            let settings = WebSettings(secret: Array(repeating: 7, count: 32))
            let redis = try Office.redis.get()
            let apps = [
                try Office.app(of: market),
                try Storefront.app(
                    marketplace: market.marketplace, redis: redis, settings: settings,
                    logger: TestServers.logger),
                try SellerDesk.app(
                    marketplace: market.marketplace, redis: redis, settings: settings,
                    logger: TestServers.logger),
            ]
            for app in apps {
                #expect(!app.policies.isEmpty)
                for policy in app.policies where policy.access == nil {
                    Issue.record("\(policy.method) \(policy.pattern) declares no policy")
                }
            }
        }
    }

    @Test func `nothing of the back office is open beyond the door`() async throws {
        try await TestMarketplace.run { market in
            for policy in try Office.app(of: market).policies {
                let name = "\(policy.method) \(policy.pattern)"
                switch policy.access {
                case .administrator: #expect(!policy.needs.isEmpty, "\(name) asks for no role")
                case .everyone: #expect(Self.open.contains(policy.pattern), "\(name) is open")
                case .signedIn: #expect(Self.own.contains(policy.pattern), "\(name) is open")
                default: Issue.record("\(name) has a policy that is not of this app")
                }
            }
        }
    }

    @Test func `each route answers each role as the table of duties says`() async throws {
        try await Office.run { office in
            let guarded = office.app.policies.filter { $0.access == .administrator }
            #expect(guarded.count > 80)
            for policy in guarded {
                let path = Self.path(policy.pattern)
                for role in AdminRole.allCases {
                    let status = try await Self.status(office, policy, path, as: role)
                    let may = role == .administrator || policy.needs.contains(role.rawValue)
                    let name = "\(policy.method) \(path) as \(role)"
                    if may {
                        #expect(![401, 403, 500].contains(status), "\(name): \(status)")
                    } else {
                        #expect(status == 403, "\(name): \(status)")
                    }
                }
                let nobody = try await Self.status(office, policy, path, as: nil)
                #expect(nobody == 401, "\(policy.method) \(path) as nobody: \(nobody)")
                let outsider = try await office.send(
                    HTTPRequest.Method(policy.method) ?? .get, path, token: office.outsider,
                    json: policy.method == "GET" ? nil : "{}")
                #expect(outsider.status == 403, "\(policy.method) \(path) as a customer")
            }
        }
    }

    @Test func `the table of duties leaves nothing to nobody and all to administrators`() {
        for duty in Duty.allCases { #expect(duty.roles.contains(.administrator)) }
        #expect(Duty.allCases.filter { $0.isAllowed(to: [.catalogue]) }.count == 5)
    }

    /// Forms of people want a token of a page; without one they are 403 for everybody, so forms are
    /// asked with the JSON of the same act.
    private static func status(
        _ office: Office, _ policy: RoutePolicy, _ path: String, as role: AdminRole?
    ) async throws -> Int {
        guard policy.method != "GET" else { return try await office.get(path, as: role).status }
        let isForm = !policy.pattern.hasPrefix("/api/")
        let asked = isForm ? "/api/v1" + path : path
        return try await office.post(asked, "{}", as: role).status
    }

    private static func path(_ pattern: String) -> String {
        let path = pattern.split(separator: "/").map { segment in
            switch segment {
            case "{job}": "/999999"
            case "{kind}": "/payment"
            case _ where segment.hasPrefix("{"): "/" + ID<Account>().description
            default: "/" + segment
            }
        }.joined()
        return path.isEmpty ? "/" : path
    }
}
