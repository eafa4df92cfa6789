import Foundation
import Logging

/// Everything that the environment may set, read once and here only.
struct Settings: Sendable {
    /// Where the records and the sessions are.
    struct Servers: Sendable {
        /// `DATABASE_URL`: a libpq connection string.
        var databaseURL = ""
        /// `DATABASE_OWNER_URL`: whom migrations connect as; `DATABASE_URL` when it is unset.
        var databaseOwnerURL = ""
        /// `REDIS_URL`
        var redisURL = ""
        /// `GUILDHALL_DATABASE_SHARED`: connections that single statements share.
        var sharedConnections = 4
        /// `GUILDHALL_DATABASE_TRANSACTIONS`: connections that transactions take for themselves.
        var transactionConnections = 8
    }

    /// Where files are.
    struct Folders: Sendable {
        /// `GUILDHALL_HOME`: logs, pictures and keys, unless they are set by themselves.
        var home = ""
        /// `GUILDHALL_MEDIA`: uploaded files by content hash.
        var media = ""
        /// `GUILDHALL_MODULES`: provider modules (`lib….so`).
        var modules = ""
        var logs: String { home + "/logs" }
        /// What mail and print programs are given, while they run.
        var toolRuns: String { home + "/tool-runs" }
    }

    /// The key under which providers' secrets are encrypted.
    struct Key: Sendable {
        /// `GUILDHALL_SECRET_KEY`: 64 hexadecimal digits; wins over the file. While the key is
        /// being changed the one before follows after a comma.
        var hex: String?
        /// `GUILDHALL_KEY_FILE`: made at the first run when it does not exist.
        var file = ""
        /// `GUILDHALL_WEB_KEY`: 64 hexadecimal digits under which forms are signed and second
        /// factors stored; while it is being changed the one before follows after a comma. Set, a
        /// process whose modules run in a provider host needs no secret key at all.
        var webHex: String?
        /// The apps' own keys, beside the providers'; see `SecretKey.accounts`.
        var accountsFile: String {
            URL(fileURLWithPath: file).deletingLastPathComponent()
                .appendingPathComponent("accounts.key").path
        }
    }

    /// Where each process listens, and under which address people reach it.
    struct Network: Sendable {
        /// `GUILDHALL_HOST`
        var host = "127.0.0.1"
        var storefrontPort = 8080
        var sellerPort = 8081
        var adminPort = 8082
        /// `GUILDHALL_BANK_PORT`: the demo's sandbox bank.
        var bankPort = 8083
        /// `GUILDHALL_HEALTH_PORT` is the storefront's; seller, admin and worker follow on it, and
        /// on these the apps' second processes, and so on: four ports per number.
        var healthPort = 9080
        var storefrontURL = ""
        var sellerURL = ""
        var adminURL = ""
        var bankURL: String { "http://127.0.0.1:\(bankPort)" }
        /// `GUILDHALL_PRIVATE_HOSTS`: what provider modules may reach on this machine or in private
        /// networks, `name` or `name:port` with commas between; in a demo this machine.
        var privateHosts: Set<String> = []
    }

    /// How the processes behave.
    struct Running: Sendable {
        /// `GUILDHALL_LOG_LEVEL`
        var logLevel = Logger.Level.info
        /// `GUILDHALL_LOG_FORMAT`
        var logFormat = LogFormat.json
        /// `GUILDHALL_SHUTDOWN_SECONDS`: how long what is under way may take to finish.
        var shutdownSeconds = 15
        /// `GUILDHALL_PASSWORD_THREADS`: each holds 32 MiB while it works.
        var passwordThreads = 1
        /// `GUILDHALL_APP_PROCESSES`: processes of each app under `guildhall up`. One that dies
        /// leaves the others answering.
        var appProcesses = 2
        /// `GUILDHALL_SELLER_PICTURE_MB`: MiB of pictures that one seller may store.
        var sellerPictureMegabytes = 5 * 1024
        /// `GUILDHALL_DEMO`: the folder of the demo market. Set, the market's clock may be moved.
        var demoFolder: String?
        /// `GUILDHALL_IMPERSONATION_MINUTES`: how long support looks on as somebody else at most.
        var impersonationMinutes = 30
        /// `GUILDHALL_PROVIDER_SECONDS`: how long a provider may take to answer.
        var providerSeconds = 20
        /// `GUILDHALL_PROVIDER_SOCKET`: the provider host's Unix socket. `none`: each process runs
        /// the modules itself, and so does one without a supervisor when it is unset.
        var providerSocket: String?
        /// `GUILDHALL_MODULE_MEMORY_MB`: MiB that a module which is a program of its own may
        /// write to.
        var moduleMegabytes = 512
        /// `GUILDHALL_PRINT_TOOL`: the program that prints PDFs.
        var printTool = "/usr/bin/weasyprint"
        /// `GUILDHALL_PHOTO_TOOL`: the program that makes photos.
        var photoTool = "/usr/bin/vips"
        /// `GUILDHALL_DRILL`: where `guildhall drill` leaves its orders to die. Never set it
        /// elsewhere.
        var drillFolder: String?
        var isDemo: Bool { demoFolder != nil }
    }

    /// What the apps' web sides allow. A limit of zero is none.
    struct Web: Sendable {
        /// `GUILDHALL_TRUSTED_PROXIES`: how many reverse proxies stand in front.
        var trustedProxies = 0
        /// `GUILDHALL_CONNECTIONS_MAX`: connections that one process holds.
        var connectionsMax = 1024
        /// `GUILDHALL_REQUEST_SECONDS`: a request is over by then, its answer written.
        var requestSeconds = 30
        /// `GUILDHALL_IDLE_SECONDS`: a connection that says nothing is closed.
        var idleSeconds = 60
        /// `GUILDHALL_LIMIT_READS`: per address and minute.
        var reads = 6_000
        /// `GUILDHALL_LIMIT_WRITES`: per address and minute.
        var writes = 600
        /// `GUILDHALL_LIMIT_ACCOUNT_WRITES`: per account and minute, wherever it is signed in.
        var accountWrites = 600
        /// `GUILDHALL_LIMIT_SIGN_INS`: per address in five minutes.
        var signIns = 60
        /// `GUILDHALL_LIMIT_PASSWORDS`: guesses at one account in five minutes.
        var passwords = 10
        /// `GUILDHALL_LIMIT_REGISTRATIONS`: per address in ten minutes.
        var registrations = 60
    }

    /// Where e-mail is handed over.
    struct MailServer: Sendable {
        /// `GUILDHALL_SMTP_HOST`: unset, mail stays in the back office.
        var host: String?
        /// `GUILDHALL_SMTP_PORT`
        var port = 587
        /// `GUILDHALL_SMTP_TLS`: none, starttls or tls.
        var encryption = Encryption.starttls
        /// `GUILDHALL_SMTP_USER`
        var user: String?
        /// `GUILDHALL_SMTP_PASSWORD_FILE`: its first line is the password.
        var passwordFile: String?
        /// `GUILDHALL_MAIL_FROM`: a bare address.
        var from = "guildhall@localhost"
        /// `GUILDHALL_MAIL_TOOL`: msmtp.
        var tool = "/usr/bin/msmtp"

        enum Encryption: String, CaseIterable, Sendable { case none, starttls, tls }
    }

    enum LogFormat: String, CaseIterable, Sendable { case json, text }

    var servers = Servers()
    var folders = Folders()
    var key = Key()
    var network = Network()
    var running = Running()
    var web = Web()
    var mail = MailServer()

    /// Reads the process's environment.
    /// - Throws: ``SettingsProblems`` with everything that is wrong.
    static func read(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(SettingsProblems) -> Settings {
        var reader = EnvironmentReader(environment)
        var settings = Settings()
        settings.servers = servers(&reader)
        settings.folders = folders(&reader)
        settings.key = key(&reader, home: settings.folders.home)
        settings.network = network(&reader)
        settings.running = running(&reader)
        settings.web = web(&reader)
        settings.mail = mail(&reader)
        guard reader.problems.isEmpty else { throw SettingsProblems(problems: reader.problems) }
        return settings
    }

    /// What a command needs that only speaks HTTP to the apps: where they are, and the folder of
    /// the demo market when one is set.
    static func readForWalking(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(SettingsProblems) -> (network: Network, demoFolder: String?) {
        var reader = EnvironmentReader(environment)
        let found = (network(&reader), running(&reader).demoFolder)
        guard reader.problems.isEmpty else { throw SettingsProblems(problems: reader.problems) }
        return found
    }

    /// What a drill needs to start a market of its own: the folders of modules and of the demo, and
    /// the environment that it hands on.
    static func readForDrill(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(SettingsProblems) -> (
        modules: String, demoFolder: String?, environment: [String: String]
    ) {
        var reader = EnvironmentReader(environment)
        let found = (folders(&reader).modules, running(&reader).demoFolder, environment)
        guard reader.problems.isEmpty else { throw SettingsProblems(problems: reader.problems) }
        return found
    }

    private static func servers(_ reader: inout EnvironmentReader) -> Servers {
        var servers = Servers()
        servers.databaseURL = reader.required(
            "DATABASE_URL", "postgresql://user:password@host/database; Config/run sets it")
        servers.databaseOwnerURL = reader.text("DATABASE_OWNER_URL", or: servers.databaseURL)
        servers.redisURL = reader.required(
            "REDIS_URL", "redis://host:6379/0; Config/run sets it")
        reader.scheme(servers.redisURL, of: "REDIS_URL", among: ["redis://", "unix://"])
        servers.sharedConnections = reader.number(
            "GUILDHALL_DATABASE_SHARED", or: servers.sharedConnections, in: 1...32)
        servers.transactionConnections = reader.number(
            "GUILDHALL_DATABASE_TRANSACTIONS", or: servers.transactionConnections, in: 1...64)
        return servers
    }

    private static func folders(_ reader: inout EnvironmentReader) -> Folders {
        let home = absolute(reader.text("GUILDHALL_HOME", or: ".guildhall"))
        return Folders(
            home: home,
            media: absolute(reader.text("GUILDHALL_MEDIA", or: home + "/media")),
            modules: absolute(reader.text("GUILDHALL_MODULES", or: home + "/modules")))
    }

    private static func key(_ reader: inout EnvironmentReader, home: String) -> Key {
        let hex = reader.optional("GUILDHALL_SECRET_KEY")
        if let hex, SecretKey.ring(text: hex) == nil {
            reader.refuse("GUILDHALL_SECRET_KEY is not 64 hexadecimal digits (32 random bytes)")
        }
        let file = reader.text("GUILDHALL_KEY_FILE", or: home + "/keys/secrets.key")
        let webHex = reader.optional("GUILDHALL_WEB_KEY")
        if let webHex, SecretKey.ring(text: webHex) == nil {
            reader.refuse(
                "GUILDHALL_WEB_KEY is not 64 hexadecimal digits (32 random bytes), or several")
        }
        return Key(hex: hex, file: absolute(file), webHex: webHex)
    }

    private static func network(_ reader: inout EnvironmentReader) -> Network {
        var network = Network()
        network.host = reader.text("GUILDHALL_HOST", or: network.host)
        network.storefrontPort = reader.port("GUILDHALL_STOREFRONT_PORT", or: 8080)
        network.sellerPort = reader.port("GUILDHALL_SELLER_PORT", or: 8081)
        network.adminPort = reader.port("GUILDHALL_ADMIN_PORT", or: 8082)
        network.bankPort = reader.port("GUILDHALL_BANK_PORT", or: 8083)
        network.healthPort = reader.number("GUILDHALL_HEALTH_PORT", or: 9080, in: 1...65_400)
        // The sandbox bank of a demo is on this machine.
        let isDemo = reader.optional("GUILDHALL_DEMO") != nil
        let allowed = reader.text("GUILDHALL_PRIVATE_HOSTS", or: isDemo ? "127.0.0.1" : "")
        network.privateHosts = Set(
            allowed.split(separator: ",").map { $0.filter { !$0.isWhitespace }.lowercased() })
        let local = network.host == "0.0.0.0" ? "127.0.0.1" : network.host
        network.storefrontURL = reader.address(
            "GUILDHALL_STOREFRONT_URL", or: "http://\(local):\(network.storefrontPort)")
        network.sellerURL = reader.address(
            "GUILDHALL_SELLER_URL", or: "http://\(local):\(network.sellerPort)")
        network.adminURL = reader.address(
            "GUILDHALL_ADMIN_URL", or: "http://\(local):\(network.adminPort)")
        return network
    }

    private static func running(_ reader: inout EnvironmentReader) -> Running {
        var running = Running()
        running.logLevel = reader.choice("GUILDHALL_LOG_LEVEL", or: .info)
        running.logFormat = reader.choice("GUILDHALL_LOG_FORMAT", or: .json)
        running.shutdownSeconds = reader.number(
            "GUILDHALL_SHUTDOWN_SECONDS", or: running.shutdownSeconds, in: 1...300)
        running.passwordThreads = reader.number("GUILDHALL_PASSWORD_THREADS", or: 1, in: 1...16)
        running.appProcesses = reader.number("GUILDHALL_APP_PROCESSES", or: 2, in: 1...16)
        running.sellerPictureMegabytes = reader.number(
            "GUILDHALL_SELLER_PICTURE_MB", or: running.sellerPictureMegabytes, in: 1...10_000_000)
        running.demoFolder = reader.optional("GUILDHALL_DEMO").map(absolute)
        running.impersonationMinutes = reader.number(
            "GUILDHALL_IMPERSONATION_MINUTES", or: running.impersonationMinutes, in: 1...240)
        running.providerSeconds = reader.number("GUILDHALL_PROVIDER_SECONDS", or: 20, in: 1...60)
        running.providerSocket = providerSocket(&reader)
        running.moduleMegabytes = reader.number(
            "GUILDHALL_MODULE_MEMORY_MB", or: running.moduleMegabytes, in: 16...1_000_000)
        running.printTool = reader.optional("GUILDHALL_PRINT_TOOL") ?? running.printTool
        running.photoTool = reader.optional("GUILDHALL_PHOTO_TOOL") ?? running.photoTool
        running.drillFolder = reader.optional("GUILDHALL_DRILL").map(absolute)
        return running
    }

    private static func web(_ reader: inout EnvironmentReader) -> Web {
        var web = Web()
        func limit(_ key: String, _ fallback: Int) -> Int {
            reader.number(key, or: fallback, in: 0...100_000_000)
        }
        web.trustedProxies = reader.number("GUILDHALL_TRUSTED_PROXIES", or: 0, in: 0...5)
        web.connectionsMax = reader.number(
            "GUILDHALL_CONNECTIONS_MAX", or: web.connectionsMax, in: 1...100_000)
        web.requestSeconds = reader.number(
            "GUILDHALL_REQUEST_SECONDS", or: web.requestSeconds, in: 1...600)
        web.idleSeconds = reader.number("GUILDHALL_IDLE_SECONDS", or: web.idleSeconds, in: 1...600)
        web.reads = limit("GUILDHALL_LIMIT_READS", web.reads)
        web.writes = limit("GUILDHALL_LIMIT_WRITES", web.writes)
        web.accountWrites = limit("GUILDHALL_LIMIT_ACCOUNT_WRITES", web.accountWrites)
        web.signIns = limit("GUILDHALL_LIMIT_SIGN_INS", web.signIns)
        web.passwords = limit("GUILDHALL_LIMIT_PASSWORDS", web.passwords)
        web.registrations = limit("GUILDHALL_LIMIT_REGISTRATIONS", web.registrations)
        return web
    }

    private static func mail(_ reader: inout EnvironmentReader) -> MailServer {
        var mail = MailServer()
        mail.host = reader.optional("GUILDHALL_SMTP_HOST")
        mail.port = reader.port("GUILDHALL_SMTP_PORT", or: mail.port)
        mail.encryption = reader.choice("GUILDHALL_SMTP_TLS", or: mail.encryption)
        mail.user = reader.optional("GUILDHALL_SMTP_USER")
        mail.passwordFile = reader.optional("GUILDHALL_SMTP_PASSWORD_FILE").map(absolute)
        mail.from = reader.text("GUILDHALL_MAIL_FROM", or: mail.from)
        mail.tool = reader.optional("GUILDHALL_MAIL_TOOL") ?? mail.tool
        for (key, value) in [
            ("GUILDHALL_SMTP_HOST", mail.host), ("GUILDHALL_SMTP_USER", mail.user),
            ("GUILDHALL_SMTP_PASSWORD_FILE", mail.passwordFile), ("GUILDHALL_MAIL_FROM", mail.from),
        ] where value?.contains(where: { $0.isWhitespace || "'\"\\".contains($0) }) == true {
            reader.refuse("\(key) has a blank, a quote or a backslash in it")
        }
        return mail
    }

    /// A Unix socket's path has 107 bytes, and a new host listens beside the old one for a moment.
    static let socketBytesMax = 95

    private static func providerSocket(_ reader: inout EnvironmentReader) -> String? {
        guard let text = reader.optional("GUILDHALL_PROVIDER_SOCKET") else { return nil }
        if text == "none" { return text }
        let path = absolute(text)
        if path.utf8.count > socketBytesMax {
            reader.refuse("GUILDHALL_PROVIDER_SOCKET has more than \(socketBytesMax) bytes")
        }
        return path
    }

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        return FileManager.default.currentDirectoryPath + "/" + path
    }
}

extension Settings {
    /// Where the provider host listens; nil when modules run in the process itself.
    var hostSocket: String? { running.providerSocket == "none" ? nil : running.providerSocket }

    /// Where the supervisor's provider host listens: in a folder of its own in the home folder,
    /// unless it was set. Nil when there is to be none.
    var supervisedHostSocket: String? {
        running.providerSocket == nil ? folders.home + "/provider-host/socket" : hostSocket
    }
}

/// Everything that is wrong with the environment, said at once.
struct SettingsProblems: Error, CustomStringConvertible {
    let problems: [String]

    var description: String {
        "The settings are not complete:\n" + problems.map { "  - \($0)" }.joined(separator: "\n")
    }
}
