import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

extension `The trail of the desk` {
    static let shipping: [String: Case] = [
        "POST /shop/shipping-profiles": { _ in
            ("/shop/shipping-profiles", body("Letters"))
        },
        "PUT /shop/shipping-profiles/{profile}": { counter in
            (
                "/shop/shipping-profiles/\(try await counter.profile("Parcels"))",
                body("Large parcels")
            )
        },
        "PUT /listings/shipping-profile": { counter in
            let listing = try await counter.desk.listing("Sent by letter").listing.id
            return (
                "/listings/shipping-profile",
                [
                    "shippingProfileId": .string("\(try await counter.profile("By letter"))"),
                    "listingIds": [.string("\(listing)")],
                ]
            )
        },
        "DELETE /shop/shipping-profiles/{profile}": { counter in
            _ = try await counter.profile("The default")
            return ("/shop/shipping-profiles/\(try await counter.profile("Gone soon"))", nil)
        },
    ]

    private static func body(_ name: String) -> JSONValue {
        [
            "name": .string(name), "handlingDays": 2,
            "zones": [
                [
                    "countries": ["DE"], "currency": "EUR", "first": 490, "further": 100,
                    "daysMin": 1, "daysMax": 3,
                ]
            ],
        ]
    }
}

extension Counter {
    func profile(_ name: String) async throws -> ID<ShippingProfile> {
        try await desk.kernel.createShippingProfile(
            ShippingProfileDraft(name: name, handlingDays: 1, zones: []),
            as: desk.shop.member
        ).id
    }
}
