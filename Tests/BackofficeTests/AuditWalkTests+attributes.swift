import Kernel
import TestSupport
import Testing
import Vocabulary

extension `The trail of the back office` {
    static let attributes: [String: Case] = [
        "POST /attributes": { scene in
            (
                "/attributes",
                #"{"name": "Scent", "nameDe": "Duft", "handle": "scent", "kind": "choice"}"#
            )
        },
        "POST /attributes/{attribute}": { scene in
            (
                "/attributes/\(try await scene.attribute().id)",
                #"""
                {"name": "Werk", "isFacet": false, "position": 4, "reason": "It says it better."}
                """#
            )
        },
        "POST /attributes/{attribute}/retirement": { scene in
            ("/attributes/\(try await scene.attribute().id)/retirement", why)
        },
        "POST /attributes/{attribute}/restoration": { scene in
            let asked = try await scene.attribute()
            try await scene.market.marketplace.retireAttribute(
                asked.id, reason: nil, by: try await scene.admin())
            return ("/attributes/\(asked.id)/restoration", why)
        },
        "POST /attributes/{attribute}/values": { scene in
            (
                "/attributes/\(try await scene.attribute().id)/values",
                #"{"name": "Glass", "position": 3}"#
            )
        },
        "POST /attributes/{attribute}/values/{value}": { scene in
            let asked = try await scene.attribute()
            return (
                "/attributes/\(asked.id)/values/\(try #require(asked.values.first).id)",
                #"{"name": "Raku ware", "position": 3, "reason": "It says it better."}"#
            )
        },
        "POST /attributes/{attribute}/values/{value}/retirement": { scene in
            let asked = try await scene.attribute()
            let value = try #require(asked.values.first).id
            return ("/attributes/\(asked.id)/values/\(value)/retirement", why)
        },
        "POST /attributes/{attribute}/values/{value}/restoration": { scene in
            let asked = try await scene.attribute()
            let value = try #require(asked.values.first).id
            try await scene.market.marketplace.retireAttributeValue(
                value, of: asked.id, reason: nil, by: try await scene.admin())
            return ("/attributes/\(asked.id)/values/\(value)/restoration", why)
        },
    ]

    private static let why = #"{"reason": "It was asked for."}"#
}

extension Scene {
    /// A new one, of everything, with one value.
    func attribute() async throws -> Attribute {
        let kernel = market.marketplace
        let made = try await kernel.createAttribute(
            AttributeDraft(name: "Werk \(UInt32.random(in: 0...UInt32.max))"), kind: .choice,
            in: nil, by: try await admin())
        return try await kernel.addAttributeValue(
            AttributeValueDraft(name: "Raku"), to: made.id, by: try await admin())
    }

    func admin() async throws -> ID<Account> {
        try #require(office.accounts[.administrator]).id
    }
}
