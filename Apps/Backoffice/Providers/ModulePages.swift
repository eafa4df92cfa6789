import Kernel
import ProviderKit
import Vocabulary
import Web

enum ModulePages {
    /// Modules for the list of all, each with what its last conformance run said.
    static func table(_ modules: [ModuleAnswer], mayRun: Bool) -> Table {
        Table(
            ["Module", "Kind", "What it does", "Contract", "Conformance", ""],
            modules.map { module in
                [
                    Cell(
                        "\(localized(name: module.name)) \(module.version)",
                        to: "/provider-modules/\(module.key)"),
                    Cell(data: module.kind.inWords), Cell(data: localized(name: module.summary)),
                    Cell(data: String(module.contract)),
                    verdict(module.conformance),
                    Cell(
                        mayRun ? "set one up" : "",
                        to: mayRun ? Links.newProvider(module.key, module.version) : nil),
                ]
            })
    }

    /// What is said where nothing keeps them off the network.
    static var openPrograms: Block {
        Block(
            "Programs that are not walled off",
            text: """
                The machine where modules run permits no network namespaces. Those that are \
                programs could open connections of their own, past the list of hosts. Permit user \
                namespaces there, or use no such modules.
                """)
    }

    /// What is said where modules run in the market's own processes, whatever the machine permits.
    static var ownCode: Block {
        Block(
            "Modules in Swift are trusted",
            text: """
                A library in Swift runs inside the market's own process, like the market's own \
                code. The list of hosts holds for what it sends as the contract says; nothing \
                keeps it from opening connections of its own. Load only libraries that you trust. \
                Modules that are programs are walled off where the machine permits it.
                """)
    }

    /// Said of a run on a machine that permits no walls.
    private static var openRun: Block {
        Block(
            text: """
                The machine permits no network namespaces. The module could open connections of \
                its own while it was tried.
                """)
    }

    static func verdict(_ sum: ConformanceSum?) -> Cell {
        guard let sum else { return Cell("not tried yet", to: nil, .waiting) }
        return sum.failed == 0
            ? Cell("\(sum.passed) rules kept", to: nil, .good)
            : Cell("\(sum.failed) of \(sum.passed + sum.failed) rules broken", to: nil, .bad)
    }

    /// A module in all its versions.
    static func show(
        _ versions: [ModuleFileAnswer.Version], _ admin: Administrator
    ) -> DeskPage {
        let mayRun = Duty.runProviders.isAllowed(to: admin.roles)
        return DeskPage(
            .data(localized(name: versions.last?.module.name ?? "")),
            lead: versions.last.map { .data(localized(name: $0.module.summary)) },
            versions.reversed().flatMap { blocks($0, mayRun: mayRun) })
    }

    private static func blocks(
        _ version: ModuleFileAnswer.Version, mayRun: Bool
    ) -> [Block] {
        let module = version.module
        let run = DeskForm(
            "Try it against the contract's rules",
            to: "/provider-modules/\(module.key)/conformance",
            [.hidden("version", module.version)])
        let facts = Block(
            "Version \(module.version)",
            facts: [
                Fact("Kind", data: module.kind.inWords),
                Fact("Contract version", data: String(module.contract)),
                Fact("It can", data: module.capabilities.map(words).joined(separator: ", ")),
                Fact("Conformance", verdict(module.conformance)),
                Fact("Tried", module.conformance?.ranAt.map(Phrase.time) ?? "never"),
            ], forms: mayRun ? [run] : [])
        guard let report = version.conformance else { return [facts] }
        let tried = report.cases.filter { $0.result != "skipped" }
        let failed = tried.filter { $0.result == "failed" }
        let rows = (failed + tried.filter { $0.result == "passed" }).map { one in
            [
                Cell(data: one.group), Cell(data: one.name),
                Cell(data: one.result.inWords, to: nil, one.result == "passed" ? .good : .bad),
                Cell(data: one.detail),
            ]
        }
        return [facts] + (report.wasWalledOff == false ? [openRun] : []) + [
            Block(
                text: "\(report.sum.skipped) cases are about what it does not do.",
                table: Table(["Rules about", "Case", "Result", "What is wrong"], rows))
        ]
    }

    /// `partialRefund` → `partial refund`
    private static func words(_ capability: String) -> String {
        localized(
            name: capability.reduce(into: "") { words, letter in
                words += letter.isUppercase ? " " + letter.lowercased() : String(letter)
            })
    }
}
