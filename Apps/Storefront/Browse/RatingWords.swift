import Kernel
import Web

/// What a star, a figure and a number in brackets say to whoever hears a page.
enum RatingWords {
    /// `4.3 of 5 stars from 12 customers`
    /// - Parameter shown: the average as the page shows it.
    static func of(_ shown: String, _ count: Int) -> String {
        localized("\(shown) of 5 stars from \(Format.count(count, "customer", "customers"))")
    }
}
