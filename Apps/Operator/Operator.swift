import ArgumentParser
import Glibc

/// The one executable. Each command is a file; this is the table of them.
@main
struct Operator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guildhall",
        abstract: "Runs a marketplace: serves its apps, does its work, looks after its data.",
        subcommands: [
            UpCommand.self, ServeCommand.self, WorkCommand.self, ProvideCommand.self,
            MigrateCommand.self,
            AdminCommand.self, PayoutsCommand.self, LedgerCommand.self, CommissionCommand.self,
            DoctorCommand.self,
            RoutesCommand.self, ModuleCommand.self, SandboxBankCommand.self, SeedCommand.self,
            WalkCommand.self, BenchCommand.self, DrillCommand.self, AuditCommand.self,
            ReconcileCommand.self, SimCommand.self, KeyCommand.self,
        ])
}

/// Something that an operator is to read instead of a stack trace: one sentence that says what to
/// do. The process ends with code 1.
struct OperatorProblem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Prints a line for a person at once, whatever standard output is connected to.
func say(_ line: String) {
    print(line)
    fflush(nil)
}
