import Mustache

/// A model's properties by name, read from it once. The template engine would reflect on the model
/// anew for every name that it looks up.
struct PageFields: MustacheParent {
    /// A property in the form in which the engine tells it apart.
    private enum Field {
        case value(Any)
        case list([Any])
    }

    private var fields: [String: Field] = [:]

    /// - Parameter templates: renders the fragments that are in `model`.
    init(_ model: Any, _ templates: Templates) {
        self.init(Mirror(reflecting: model), templates)
    }

    private init(_ mirror: Mirror, _ templates: Templates) {
        var ancestors = mirror.superclassMirror
        while let ancestor = ancestors {
            add(ancestor, templates)
            ancestors = ancestor.superclassMirror
        }
        add(mirror, templates)
    }

    private mutating func add(_ mirror: Mirror, _ templates: Templates) {
        for case (let name?, let value) in mirror.children {
            if let field = Self.field(value, templates) { fields[name] = field }
        }
    }

    func child(named name: String) -> Any? {
        switch fields[name] {
        case .value(let value): value
        case .list(let list): list
        case nil: nil
        }
    }

    /// Nil for an optional that holds nothing: the name is then looked up further out.
    private static func field(_ value: Any, _ templates: Templates) -> Field? {
        switch value {
        case is String, is Bool, is Int: return .value(value)
        default: break
        }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional:
            return mirror.children.first.flatMap { field($0.value, templates) }
        case .collection:
            return .list(mirror.children.map { item($0.value, templates) })
        default: return .value(item(value, mirror, templates))
        }
    }

    private static func item(_ value: Any, _ templates: Templates) -> Any {
        switch value {
        case is String, is Bool, is Int: value
        case let fragment as any Fragment:
            RenderedFragment(html: templates.html(of: fragment), model: fragment)
        default: item(value, Mirror(reflecting: value), templates)
        }
    }

    private static func item(_ value: Any, _ mirror: Mirror, _ templates: Templates) -> Any {
        switch mirror.displayStyle {
        case .struct, .class:
            // What says itself how it is to be shown is left as it is.
            value is any CustomStringConvertible || value is any MustacheParent
                ? value : PageFields(mirror, templates)
        default: value
        }
    }
}

/// A fragment within a page: its HTML, and its properties for templates that want them.
struct RenderedFragment: MustacheParent {
    let html: String
    let model: any Fragment

    func child(named name: String) -> Any? {
        if name == "html" { return html }
        guard let value = Mirror(reflecting: model).children.first(where: { $0.label == name })
        else { return nil }
        let mirror = Mirror(reflecting: value.value)
        return mirror.displayStyle == .optional ? mirror.children.first?.value : value.value
    }
}
