import Kernel
import TestSupport
import Testing
import Web

@Suite struct `What is another seller's` {
    private func walk(
        _ body: (Desk, TwoSidedMarket, Isolation) async throws -> Void
    ) async throws {
        try await Desk.run { desk in
            let sides = try await TwoSidedMarket(desk.market)
            let isolation = Isolation(
                desk.app, desk.market.database, ours: sides.ours.sellerIDs,
                theirs: sides.theirs.sellerIDs,
                everybodys: [
                    "hash": "pictures of listings are public", "copy": "and so are their copies",
                    "name": "a style sheet", "language": "everybody's",
                    "session": "in no table; the tests of sessions try somebody else's",
                    "reset": "a link that went to the account's address",
                    "change": "as the one before",
                    "link": "went to the invited address; tests of invitations try a stranger",
                    "instance": "providers are the market's",
                    "category": "the tree is everybody's",
                ])
            try await body(desk, sides, isolation)
        }
    }

    @Test func `is not there, on any route, and nothing of it changes`() async throws {
        try await walk { desk, sides, isolation in
            #expect(isolation.routes.count > 40)
            #expect(isolation.unknownNames.isEmpty, "TwoSidedMarket needs an id for these")
            let (us, them) = (
                try await desk.token(of: sides.ours.seller.owner),
                try await desk.token(of: sides.theirs.seller.owner)
            )

            let missing = try await isolation.missing(for: them)
            let complaints = try await isolation.complaints(as: us)

            #expect(missing.isEmpty, "\(missing.joined(separator: "\n"))")
            #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
        }
    }

    @Test func `is not there for who is not signed in`() async throws {
        try await walk { _, _, isolation in
            let complaints = try await isolation.complaintsOfNobody()
            #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
        }
    }

    @Test func `is not reached by naming the shop`() async throws {
        try await walk { desk, sides, _ in
            let token = try await desk.token(of: sides.ours.seller.owner)
            let caller = try await RouteCaller(desk.app, token: token)
            let before = try await DatabasePrint(desk.market.database)
            for policy in desk.app.policies where policy.access == .member {
                let answer = try await caller.call(
                    policy, query: "?seller=\(sides.theirs.seller.id)"
                ) { sides.theirs.sellerIDs[$0] }
                #expect(
                    answer.status == 404, "\(policy.method) \(policy.pattern): \(answer.status)")
            }
            #expect(before == (try await DatabasePrint(desk.market.database)))
        }
    }

    @Test func `is not taken when a body names it`() async throws {
        try await walk { desk, sides, isolation in
            let token = try await desk.token(of: sides.ours.seller.owner)
            let caller = try await RouteCaller(desk.app, token: token)
            let before = try await DatabasePrint(desk.market.database)
            var tried = 0
            for policy in desk.app.policies {
                let operation = DocumentedOperation.all(in: desk.app.document)
                    .first { $0.method == policy.method && $0.pattern == policy.pattern }
                guard let schema = InputSchema(formOf: policy) ?? operation?.body else { continue }
                // Categories are everybody's.
                for field in schema.idFields where !field.contains("ategory") {
                    let name = try #require(field.split(separator: ".").last { Int($0) == nil })
                    let id = try #require(
                        sides.theirs.fields[String(name)], "TwoSidedMarket needs a \(field)")
                    let body = schema.sample(.with(field)) { $0 == field ? .string(id) : nil }
                    let answer = try await caller.call(
                        policy, { sides.ours.sellerIDs[$0] }, body: body)
                    tried += 1
                    #expect(
                        [404, 409, 422].contains(answer.status),
                        "\(policy.method) \(policy.pattern) with \(field): \(answer.status)")
                }
            }
            #expect(tried > 4)
            let changes = before.changes(to: try await DatabasePrint(desk.market.database))
            #expect(changes.isEmpty, "\(changes) changed")
        }
    }

    @Test(arguments: [SellerRole.catalogue, .orders, .finance, .support])
    func `and what one's role does not allow is refused, and not done`(
        _ role: SellerRole
    ) async throws {
        try await walk { desk, sides, _ in
            let colleague = try await desk.market.given.account("Bo")
            try await desk.kernel.addMember(
                email: colleague.email, role: role, as: sides.ours.seller.member)
            let token = try await desk.token(of: colleague)
            let caller = try await RouteCaller(desk.app, token: token)
            let before = try await DatabasePrint(desk.market.database)
            for policy in desk.app.policies where policy.access == .member {
                let needs = policy.needs.compactMap { SellerPermission(rawValue: $0) }
                #expect(needs.count == policy.needs.count)
                guard !needs.allSatisfy({ role.permissions.contains($0) }) else { continue }
                let answer = try await caller.call(policy) { sides.ours.sellerIDs[$0] }
                #expect(
                    answer.status == 403, "\(policy.method) \(policy.pattern): \(answer.status)")
            }
            #expect(before == (try await DatabasePrint(desk.market.database)))
        }
    }
}
