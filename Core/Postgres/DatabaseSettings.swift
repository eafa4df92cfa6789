import Reactor

/// Limits and address of a ``Database``.
public struct DatabaseSettings: Sendable {
    /// A libpq connection string or URL; several hosts and TLS as libpq understands them.
    public var url: String
    /// Connections that single statements share in pipeline mode; opened as load asks for them.
    public var sharedConnections = 4
    /// Connections that transactions take for themselves; opened as load asks for them.
    public var transactionConnections = 8
    /// How many transactions may wait for a connection; one more is refused at once.
    public var waitersMax = 200
    /// How many single statements may be under way or waiting; one more is refused at once.
    public var sharedStatementsMax = 4000
    /// How long a transaction waits for a connection, and a statement for a server that is gone.
    public var waitDeadline: Duration = .milliseconds(2000)
    /// How long one statement may run.
    public var statementDeadline: Duration = .seconds(10)
    /// How long one statement waits for a lock before it fails with 55P03, which is retried.
    public var lockDeadline: Duration = .seconds(3)
    /// How long the server lets a transaction idle before it ends the session.
    public var idleInTransactionDeadline: Duration = .seconds(30)
    /// How long making a connection may take.
    public var connectDeadline: Duration = .seconds(5)
    /// How long closing waits for open transactions before it breaks them.
    public var closeDeadline: Duration = .seconds(20)
    /// Statements that each connection keeps prepared.
    public var statementCacheSize = 256
    /// As which role every session acts, whoever it connected as; nil for the login itself. The
    /// login has to be a member of it.
    public var role: String?
    /// Shown in pg_stat_activity.
    public var applicationName = "guildhall"

    /// Whether a prepared statement keeps one plan for all values. So do transactions': their
    /// statements go by keys, and planning an insert of arrays anew costs more than running it.
    var plansOnce = false

    public init(url: String) { self.url = url }

    /// What every session is told first. Text formats are what the decoders expect.
    var sessionSetUp: SQL {
        // A plan that is kept was perhaps made while a table was empty or small, and reading a page
        // by an index costs a server of today hardly more than reading the next one.
        let planning: SQL =
            plansOnce ? ", set_config('random_page_cost', '1.1', false)" : ""
        // Answers and options of a few kilobytes are packed in a fifth of the time that way. Not
        // every server was built with it.
        let packing: SQL = """
            , (select set_config(name, 'lz4', false) from pg_settings
                where name = 'default_toast_compression' and 'lz4' = any(enumvals))
            """
        let acting: SQL = role.map { ", set_config('role', \($0), false)" } ?? ""
        return """
            select set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO, YMD', false),
              set_config('IntervalStyle', 'iso_8601', false),
              set_config('bytea_output', 'hex', false),
              set_config('extra_float_digits', '1', false),
              set_config('default_transaction_isolation', 'read committed', false),
              set_config('plan_cache_mode', \(plansOnce ? "force_generic_plan" : "auto"), false),
              set_config('statement_timeout', \(String(statementDeadline.milliseconds)), false),
              set_config('lock_timeout', \(String(lockDeadline.milliseconds)), false),
              set_config('idle_in_transaction_session_timeout',
                \(String(idleInTransactionDeadline.milliseconds)), false)
              \(packing)\(planning)\(acting)
            """
    }
}
