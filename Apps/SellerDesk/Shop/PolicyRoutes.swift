import Kernel
import Vocabulary
import Web

/// What the shop says of returns, care and the like: for people and for programs.
struct PolicyRoutes {
    struct Form: Described {
        /// Plain text with blank lines between paragraphs; blank takes it back.
        let policies: String?
        static let rules: [String: [Rule]] = ["policies": [.length(0...10_000)]]
    }

    struct Answer: Codable, Sendable {
        /// Absent when nothing is said.
        let policies: String?
    }

    func mount(on routes: Routes) {
        routes.get("/shop/policies").show(as: Member.self, needing: [.editProfile]) {
            call, member in
            .page(
                "policies",
                PoliciesPage(
                    policies: try await call.marketplace.policies(of: member.seller) ?? ""),
                title: localized("Policies"))
        }
        routes.post("/shop/policies").form(Form.self)
            .show(as: Member.self, needing: [.editProfile]) { call, member in
                let kept = try await call.marketplace.setPolicies(
                    call.form.policies ?? "", as: member.membership)
                return .seeOther(
                    Links.policies,
                    notice: kept == nil
                        ? localized("Your page says nothing of them.")
                        : localized("They are on your page."))
            }
    }

    func mount(on api: API, tag: String) {
        api.get("/shop/policies", "What the shop says of returns and care", tag: tag)
            .handle(as: Member.self, needing: [.editProfile]) { call, member in
                Answer(policies: try await call.marketplace.policies(of: member.seller))
            }
        api.put("/shop/policies", "Say something of returns and care", tag: tag)
            .about("Shown on the shop's page. Blank takes it back.")
            .body(Form.self)
            .handle(as: Member.self, needing: [.editProfile]) { call, member in
                Answer(
                    policies: try await call.marketplace.setPolicies(
                        call.body.policies ?? "", as: member.membership))
            }
    }
}

/// The model of `policies.mustache`.
struct PoliciesPage {
    let policies: String
}
