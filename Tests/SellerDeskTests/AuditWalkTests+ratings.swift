import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

extension `The trail of the desk` {
    static let ratings: [String: Case] = [
        "PUT /listings/{listing}/images/{image}": { counter in
            let (listing, images) = try await counter.pictures("Described")
            return ("/listings/\(listing)/images/\(images[0].id)", ["alt": "From the side"])
        },
        "PUT /reviews/{review}/reply": { counter in
            ("/reviews/\(try await counter.review())/reply", ["reply": "Thank you!"])
        },
        "DELETE /reviews/{review}/reply": { counter in
            let review = try await counter.review()
            try await counter.desk.kernel.reply(
                to: review, "Thank you!", as: counter.desk.shop.member)
            return ("/reviews/\(review)/reply", nil)
        },
        "PUT /ratings/{rating}/reply": { counter in
            ("/ratings/\(try await counter.rating())/reply", ["reply": "Thank you!"])
        },
        "DELETE /ratings/{rating}/reply": { counter in
            let rating = try await counter.rating()
            try await counter.desk.kernel.reply(
                to: rating, "Thank you!", as: counter.desk.shop.member)
            return ("/ratings/\(rating)/reply", nil)
        },
    ]
}

extension Counter {
    func rating() async throws -> ID<SellerRating> {
        let bought = try await bought()
        try await ship(bought.order.id)
        try await desk.kernel.confirmDelivery(bought.order.id, as: buyer)
        return try await desk.kernel.rateSeller(
            for: bought.order.id, ReviewDraft(stars: 4, body: "Quick"), by: customer.id
        ).id
    }
}
