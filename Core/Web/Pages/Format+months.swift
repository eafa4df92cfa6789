import Kernel

extension Format {
    /// `November 2026`
    public static func month(_ month: StatementMonth) -> String {
        self.month(year: month.year, month: month.month)
    }

    /// `November 2026` of `2026-11`; what is no month stays as it is.
    public static func month(_ text: String) -> String {
        StatementMonth(text).map { Self.month($0) } ?? text
    }
}
