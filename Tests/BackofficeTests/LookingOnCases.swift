import Kernel
import TestSupport

extension `The trail of the back office` {
    /// Looking at the shop as somebody else.
    static let lookingOn: [String: Case] = [
        "POST /accounts/{account}/impersonations": { scene in
            let person = try await scene.market.given.account()
            return (
                "/accounts/\(person.id)/impersonations",
                #"{"app": "customer", "reason": "A parcel is lost."}"#
            )
        },
        "POST /impersonations/{impersonation}/end": { scene in
            let person = try await scene.market.given.account()
            let begun = try await scene.office.post(
                "/api/v1/accounts/\(person.id)/impersonations",
                #"{"app": "customer", "reason": "A parcel is lost."}"#)
            return (
                "/impersonations/\(try begun.require("impersonation.id"))/end",
                #"{"reason": "It was asked for."}"#
            )
        },
    ]
}
