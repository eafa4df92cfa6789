import CProcess
import Glibc

/// The memory of this process, in which providers' secrets stand while they are used.
public enum ProcessMemory {
    /// Nobody reads it from now on but root: no debugger of the same user attaches to it, its
    /// environment is nobody's to read, and no core file is written when it traps. Programs that it
    /// starts are not held to it.
    /// - Throws: ``ProcessMemoryError`` when the system does not do that.
    public static func close() throws {
        // First: a trap between the two would write a file.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        guard setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0,
            process_close_memory() == 0
        else { throw ProcessMemoryError(code: errno) }
    }

    public static var isClosed: Bool {
        var core = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &core) == 0
            && core.rlim_cur == 0 && process_memory_is_open() == 0
    }
}

/// A process that must not go on, because others could read the secrets that it opens.
public struct ProcessMemoryError: Error, CustomStringConvertible {
    let code: Int32

    public var description: String {
        "The process cannot close its memory to others: \(String(cString: strerror(code)))"
    }
}
