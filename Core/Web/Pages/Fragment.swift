import Synchronization

/// A part of pages that is rendered once and kept: equal models give equal HTML, so nothing has to
/// be dropped when something changes. In a template it is `{{#things}}{{{html}}}{{/things}}`.
///
/// ```swift
/// struct ThingCard: Fragment {
///     static let template = "thing"
///     let title: String
/// }
/// ```
public protocol Fragment: Hashable, Sendable {
    /// The name of its template, which sees the fragment's own properties and nothing else.
    static var template: String { get }
}

/// The HTML of fragments that were asked for lately, bounded in bytes.
final class FragmentCache: Sendable {
    /// Enough for ten thousand cards with photos, and the counts beside some hundred lists.
    private static let bytesMax = 16 * 1024 * 1024

    private struct Key: Hashable, Sendable {
        let fragment: any Fragment

        static func == (left: Key, right: Key) -> Bool {
            AnyHashable(left.fragment) == AnyHashable(right.fragment)
        }
        func hash(into hasher: inout Hasher) { fragment.hash(into: &hasher) }
    }

    private struct State {
        /// Two generations: when the young one is half of all it becomes the old one.
        var young: [Key: String] = [:]
        var old: [Key: String] = [:]
        var youngBytes = 0
    }

    private let state = Mutex(State())

    /// What is kept for `fragment`, else what `render` gives.
    func html(of fragment: any Fragment, _ render: () -> String) -> String {
        let key = Key(fragment: fragment)
        if let known = state.withLock({ Self.find(key, in: &$0) }) { return known }
        let html = render()
        state.withLock { Self.keep(html, key, in: &$0) }
        return html
    }

    private static func find(_ key: Key, in state: inout State) -> String? {
        if let html = state.young[key] { return html }
        guard let html = state.old.removeValue(forKey: key) else { return nil }
        keep(html, key, in: &state)
        return html
    }

    private static func keep(_ html: String, _ key: Key, in state: inout State) {
        // The key holds about as much text as the HTML does.
        let bytes = html.utf8.count * 2
        if state.youngBytes + bytes > bytesMax / 2 {
            state.old = state.young
            state.young = [:]
            state.youngBytes = 0
        }
        if state.young.updateValue(html, forKey: key) == nil { state.youngBytes += bytes }
    }
}
