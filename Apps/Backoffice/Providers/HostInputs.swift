import Kernel
import ProviderKit
import Web

/// Where a provider's module may go besides the addresses that were typed.
extension ProviderPages {
    /// A box for each host that the module asks for.
    static func hosts(_ hosts: [ProviderFile.Host]) -> [Input] {
        let boxes = hosts.enumerated().flatMap { index, host in
            [
                Input.hidden("hosts.\(index).host", host.host),
                Input.check(
                    "hosts.\(index).allowed", .data(host.host), isChecked: host.allowed,
                    help: host.isNew ? "New: it is not reached until you allow it." : nil),
            ]
        }
        return Input.group("May reach", boxes)
    }

    /// What it reaches of that now.
    static func reach(_ file: ProviderFile) -> Fact {
        let reached = file.hosts.filter(\.allowed).map(\.host)
        guard !reached.isEmpty else {
            return Fact("May reach", "the addresses in its settings only")
        }
        return Fact("May reach", data: reached.joined(separator: ", "))
    }

    /// What its module asks for since it has another version.
    static func asked(_ file: ProviderFile) -> Phrase? {
        let new = file.hosts.filter(\.isNew).map(\.host)
        guard !new.isEmpty else { return nil }
        let names = new.joined(separator: ", ")
        return """
            This version also wants to reach \(names). It does not until that is allowed with the \
            settings.
            """
    }

    /// Whether a version that asks for more gets it at once: its own check may need it.
    static func newHosts(_ file: ProviderFile, _ modules: [ModuleDescriptor]) -> [Input] {
        let known = Set(file.hosts.map(\.host) + (file.provider.allowedHosts ?? []))
        let wishes = modules.compactMap { module -> String? in
            let new = ProviderInstance.hosts(askedBy: module).map(\.name)
                .filter { !known.contains($0) }
            return new.isEmpty ? nil : "\(module.version): \(new.joined(separator: ", "))"
        }
        guard !wishes.isEmpty else { return [] }
        let hosts = wishes.joined(separator: "; ")
        return [
            .check(
                "newHostsAllowed", "It may reach the new hosts of that version", isChecked: false,
                help: "New hosts by version: \(hosts).")
        ]
    }
}
