import Glibc

/// libvips' command, which opens what strangers send. It runs in a process of its own that ends
/// with ours, says nothing to anybody, and gets so much memory, processor time and disk and no
/// more; of libvips' readers only those that are held to be safe with hostile files.
struct PhotoTool: Sendable {
    /// `vips` of Debian's libvips-tools.
    let program: String
    /// How long one step may take by the clock; the processor's time is bounded as well.
    let deadline: Duration
    /// After the first it is told and ends, after the second it is killed. Equal ones kill at
    /// once, as anybody else may.
    var processorSeconds = (soft: 20, hard: 25)

    enum Failure: Error, Hashable {
        /// It is not installed.
        case missing
        /// The machine was too busy, or the picture is too much work.
        case late
        /// Somebody ended it: the machine had no memory left for anybody, or goes down.
        case killed(Int32)
        /// Something that has nothing to do with the picture.
        case broken(String)

        /// Whether a picture that fails like this every time is to blame for it.
        var mayBeThePicture: Bool {
            switch self {
            case .late, .killed: true
            case .missing, .broken: false
            }
        }
    }

    /// What a program does to itself that reads what it cannot bear. Glib traps when it gets no
    /// memory.
    private static let crashes = [SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE, SIGTRAP]

    /// What it may have: a picture of the most pixels takes a quarter of it.
    private static let memoryBytes = 1 << 30
    private static let fileBytes = 64 << 20

    /// Opens a stranger's picture and writes it as a PNG with nothing in it but the picture:
    /// turned upright by its EXIF, in sRGB, no larger than is ever shown.
    /// - Returns: how wide it is.
    /// - Throws: ``MediaRefusal`` for a picture that cannot be opened, ``Failure``.
    func open(_ picture: String, _ mediaType: String, into base: String) throws -> Int {
        let complaints = base + ".said"
        let end = try run(
            [
                "thumbnail", picture, base + "[compression=0,strip]", "\(PhotoWidths.sideMax)",
                "--height", "\(PhotoWidths.sideMax)", "--size", "down",
                "--fail-on", "truncated", "--export-profile", "srgb",
            ], complaints)
        switch end {
        case .exited(0): return try width(of: base)
        case .exited(127), .notStarted: throw Failure.broken(tail(of: complaints))
        case .late: throw Failure.late
        case .signalled(SIGXCPU), .signalled(SIGXFSZ): throw MediaRefusal.tooMuchWork
        case .signalled(let signal) where !Self.crashes.contains(signal):
            throw Failure.killed(signal)
        case .exited, .signalled: throw refusal(mediaType, tail(of: complaints))
        }
    }

    /// Writes a copy of what ``open(_:_:into:)`` made, with nothing in it but the picture.
    func write(_ base: String, as type: PhotoType, width: Int, to path: String) throws {
        let options = type == .webp ? "Q=78,effort=3,strip" : "Q=80,interlace,strip,background=255"
        let complaints = path + ".said"
        let end = try run(
            [
                "thumbnail", base, path + "[" + options + "]", "\(width)",
                "--height", "\(PhotoWidths.sideMax)", "--size", "down",
            ], complaints)
        if end == .late { throw Failure.late }
        guard end == .exited(0) else { throw Failure.broken(tail(of: complaints)) }
    }

    private func run(_ arguments: [String], _ complaints: String) throws -> ProgramRun.End {
        guard access(program, X_OK) == 0 else { throw Failure.missing }
        var run = ProgramRun(
            "/usr/bin/setpriv",
            [
                "--pdeathsig", "KILL", "--no-new-privs", "/usr/bin/nice", "-n", "10",
                "/usr/bin/prlimit", "--as=\(Self.memoryBytes)",
                "--cpu=\(processorSeconds.soft):\(processorSeconds.hard)",
                "--fsize=\(Self.fileBytes)", "--nofile=64", "--core=0", program,
            ] + arguments, within: deadline, errors: complaints)
        run.environment = [
            "VIPS_BLOCK_UNTRUSTED": "1", "VIPS_CONCURRENCY": "1",
            // What is too large for memory is refused, never laid in the temporary folder.
            "VIPS_DISC_THRESHOLD": "1g",
        ]
        return run.run()
    }

    /// What a failure says of the picture.
    private func refusal(_ mediaType: String, _ said: String) -> MediaRefusal {
        let said = said.lowercased()
        let memory = [
            "out of memory", "memory allocation", "failed to allocate", "unable to alloc",
        ]
        if memory.contains(where: said.contains) { return .tooMuchWork }
        let unread = ["unsupported", "not a known file format", "operation is blocked"]
        if mediaType == HEICHeader.mediaType, unread.contains(where: said.contains) {
            return .heicUnreadable
        }
        return .damaged
    }

    private func width(of base: String) throws -> Int {
        guard let header = PictureHeader(try head(of: base, 4096)) else {
            throw Failure.broken("the tool wrote no picture")
        }
        return header.width
    }

    private func tail(of complaints: String) -> String {
        let bytes = (try? head(of: complaints, 4096)) ?? []
        return String(decoding: bytes.suffix(600), as: UTF8.self)
    }

    private func head(of path: String, _ most: Int) throws -> [UInt8] {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw MediaFault("open", errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: most)
        let count = Glibc.read(descriptor, &bytes, most)
        guard count >= 0 else { throw MediaFault("read", errno) }
        return Array(bytes.prefix(count))
    }
}
