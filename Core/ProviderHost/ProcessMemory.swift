import CProcess
import Glibc

/// The memory of this process, in which providers' secrets may stand while they are used.
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

    /// Gives back the memory of code that has run: a start runs much that nothing needs again, and
    /// Linux maps sixteen pages for each that is touched. What is needed comes back from the page
    /// cache when it is next run.
    /// - Throws: ``ProcessMemoryError`` when the system does not say where the code is.
    public static func releaseCode() throws {
        guard process_release_code() >= 0 else { throw ProcessMemoryError(code: errno) }
    }
}

/// The system did not do with this process's memory what it was asked for.
public struct ProcessMemoryError: Error, CustomStringConvertible {
    let code: Int32

    public var description: String {
        "The process cannot dispose of its memory: \(String(cString: strerror(code)))"
    }
}
