import Kernel
import Vocabulary
import Web

/// Where the shop sends to: for people and for programs.
struct DestinationRoutes {
    struct Form: Described {
        /// `DE, AT, CH`; blank for everywhere.
        let countries: String?
        static let rules: [String: [Rule]] = ["countries": [.length(0...1200)]]
    }

    struct Body: Described {
        /// ISO 3166-1 alpha-2; none is everywhere.
        let countries: [String]
        static let rules: [String: [Rule]] = [
            "countries": [.count(0...250), .each([.pattern(.country)])]
        ]
    }

    struct Answer: Codable, Sendable {
        /// ISO 3166-1 alpha-2; absent for everywhere.
        let countries: [String]?
    }

    func mount(on routes: Routes) {
        routes.get("/shop/destinations").show(as: Member.self, needing: [.editProfile]) {
            call, member in
            .page(
                "destinations",
                DestinationsPage(
                    countries: try await call.marketplace.destinations(of: member.seller)?
                        .joined(separator: ", ") ?? "", warning: nil),
                title: localized("Where you send"))
        }
        routes.post("/shop/destinations").form(Form.self)
            .show(as: Member.self, needing: [.editProfile], again: again) { call, member in
                let typed = (call.form.countries ?? "")
                    .split { $0 == "," || $0.isWhitespace }.map(String.init)
                let kept = try await call.marketplace.setDestinations(
                    typed, as: member.membership)
                return .seeOther(
                    Links.destinations,
                    notice: kept.map {
                        localized("You send to \(Format.count($0.count, "country", "countries")).")
                    } ?? localized("You send everywhere."))
            }
    }

    func mount(on api: API, tag: String) {
        api.get("/shop/destinations", "Where the shop sends to", tag: tag)
            .handle(as: Member.self, needing: [.editProfile]) { call, member in
                Answer(countries: try await call.marketplace.destinations(of: member.seller))
            }
        api.put("/shop/destinations", "Say where the shop sends to", tag: tag)
            .about("Customers elsewhere are told before they pay. None is everywhere.")
            .body(Body.self)
            .handle(as: Member.self, needing: [.editProfile]) { call, member in
                Answer(
                    countries: try await call.marketplace.setDestinations(
                        call.body.countries, as: member.membership))
            }
    }

    @Sendable private func again(_ again: Again, _ member: Member) -> PageAnswer {
        .page(
            "destinations",
            DestinationsPage(
                countries: again.values["countries"] ?? "", warning: again.explanation),
            title: localized("Where you send"))
    }
}

/// The model of `destinations.mustache`.
struct DestinationsPage {
    let countries: String
    let warning: String?
}
