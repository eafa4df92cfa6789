import Kernel
import Vocabulary
import Web

/// What is sent to make a provider or change one.
extension ProviderRoutes {
    struct Setting: Described {
        let key: String
        let value: String
        static let rules: [String: [Rule]] = [
            "key": [.length(1...80)], "value": [.length(0...200_000)],
        ]
    }

    struct ChangedSetting: Described {
        let key: String
        let value: String
        let removed: Bool?
        static let rules: [String: [Rule]] = [
            "key": [.length(1...80)], "value": [.length(0...200_000)],
            "removed": [
                .about(
                    """
                    Whether a stored secret is taken away, at once and for good. Its `value` is \
                    empty then.
                    """)
            ],
        ]
    }

    struct HostChoice: Described {
        let host: String
        let allowed: Bool
        static let rules: [String: [Rule]] = ["host": [.length(1...253)]]
    }

    struct NewProvider: Described {
        let module: String
        let moduleVersion: String?
        let name: String
        let mode: String?
        let capture: String?
        let settings: [Setting]
        let hosts: [HostChoice]?
        static let rules: [String: [Rule]] = [
            "module": [.length(1...80)],
            "moduleVersion": [
                .length(1...40),
                .about(
                    """
                    The module's version whose fields and hosts these are. Left out: the newest.
                    """),
            ], "name": [.length(1...80)],
            "mode": [.choice(ProviderInstance.Mode.allCases.map(\.rawValue))],
            "capture": [.choice(ProviderInstance.Capture.choices.map(\.rawValue))],
            "settings": [.count(0...60)],
            "hosts": [
                .count(0...200),
                .about(
                    """
                    Which of the hosts that the module asks to reach it may reach: those with \
                    `allowed`, and no other. Left out: all of them.
                    """),
            ],
        ]
    }

    struct Change: Described {
        /// As it was read; a change that somebody else made meanwhile is not overwritten.
        let version: Int
        let name: String
        let capture: String
        let settings: [ChangedSetting]
        let hosts: [HostChoice]?
        let anyway: Bool?
        let reason: String
        static let rules: [String: [Rule]] = [
            "version": [.range(1...1_000_000_000)], "name": [.length(1...80)],
            "anyway": [
                .about(
                    """
                    Whether settings are taken though the provider does not pass its own check \
                    with them. Those of a draft are checked when it is activated.
                    """)
            ],
            "capture": [.choice(ProviderInstance.Capture.choices.map(\.rawValue))],
            "settings": [
                .count(0...60),
                .about(
                    """
                    A secret that is left out or empty stays as it is, unless an address changes: \
                    no stored secret is sent to another host than it was typed for. Of a retired \
                    provider only secrets change; leave out the others.
                    """),
            ],
            "hosts": [
                .count(0...200),
                .about(
                    """
                    Which of the hosts that the module asks to reach it may reach from now on: \
                    those with `allowed`, and no other. Left out: the same as before.
                    """),
            ], "reason": [.length(3...500)],
        ]
    }

    struct NewVersion: Described {
        let version: Int
        let moduleVersion: String
        let settings: [Setting]?
        let newHostsAllowed: Bool?
        let reason: String
        static let rules: [String: [Rule]] = [
            "version": [.range(1...1_000_000_000)], "moduleVersion": [.length(1...40)],
            "settings": [
                .count(0...60),
                .about(
                    """
                    What that version asks for and nobody was asked before. What is left out or \
                    empty stays as it is.
                    """),
            ],
            "newHostsAllowed": [
                .about(
                    """
                    Whether it may reach the hosts that this version asks for and nobody was asked \
                    about. Otherwise they are refused until they are allowed with its settings.
                    """)
            ],
            "reason": [.length(3...500)],
        ]
    }
}
