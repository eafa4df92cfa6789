import Kernel
import ProviderKit

extension ConfigurationField {
    /// What a setting is that is left empty; nil where it then is nothing.
    var emptyMeans: Phrase? {
        guard let fallback else { return nil }
        guard case .bool = kind else { return "Empty means \(fallback)." }
        return fallback == "true" ? "Empty means yes." : "Empty means no."
    }
}
