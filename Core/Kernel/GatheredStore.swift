import Postgres

/// What a transaction that writes for several begins with.
enum GatheredStore {
    /// Whoever holds one of several's rows shall not hold up the others for as long as somebody
    /// may wait alone: they are written alone then (``GatheredWrites``).
    static func beginning(of count: Int) -> [SQL] {
        count > 1 ? ["select set_config('lock_timeout', '250', true)"] : []
    }
}
