import ArgumentParser

/// `guildhall module …`
struct ModuleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "module", abstract: "Provider modules.",
        subcommands: [ModuleCheckCommand.self, ModuleNewCommand.self])
}
