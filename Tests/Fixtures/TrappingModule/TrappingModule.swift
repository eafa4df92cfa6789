import Glibc
import ProviderKit
import Vocabulary

/// One price for everything, and a trap: on a price that is no number when its object is made, on
/// a parcel of a certain weight when it quotes, and on being loaded from a file of a certain name.
/// Loaded from others it writes more than anybody reads, wants more memory than there is for it,
/// connects to a port of this machine, or hangs. For the tests that nobody else is harmed.
public struct TrappingModule: ShippingProvider {
    static let price = ConfigurationField("price", label: "Price", fallback: "490")

    public static let descriptor = ModuleDescriptor(
        kind: .shipping, key: "trapping-module", name: "Trapping module", version: "1.0",
        fields: [price])

    static let fatalGrams = 666_666
    static let fatalName = "traps-when-loaded"
    static let talkativeName = "writes-without-end"
    static let greedyName = "wants-memory"
    /// And the port after it.
    static let diallingName = "dials-"
    /// As long as there is a file of that name and `.hold`, and no longer than this.
    static let hangingName = "hangs-when-loaded"
    static let hangsForMilliseconds = 100_000

    let price: Int64

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        let text = try settings.required(Self.price)
        precondition(Int64(text) != nil, "a module that checks nothing")
        price = Int64(text) ?? 0
    }

    public func check(
        _ context: OperationContext
    ) async throws(ProviderError) -> [String] { [] }

    public func quotes(
        for request: ShippingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> [ShippingQuote] {
        precondition(request.parcel.weightGrams != Self.fatalGrams, "a module that counts on luck")
        return [ShippingQuote(code: "one", label: "One", price: Money(price, request.currency))]
    }
}

@_cdecl("guildhall_contract") public func contract() -> Int64 { providerContractVersion }
@_cdecl("guildhall_module") public func module() -> UnsafeMutableRawPointer {
    precondition(!isMapped(TrappingModule.fatalName), "a bad day")
    if isMapped(TrappingModule.talkativeName) {
        let line = String(repeating: "x", count: 1 << 20)
        for _ in 0..<40 { print(line) }
    }
    if isMapped(TrappingModule.greedyName) {
        precondition(malloc(2 << 30) != nil, "no memory for it")
    }
    // Another copy of this may be loaded in the same process.
    let name = ownName
    if let port = port(of: name) { dial(port) }
    if name.contains(TrappingModule.hangingName) { hang(name) }
    return exportModule(TrappingModule.self)
}

/// The file from which this very code was loaded: what is mapped where its own handle lies.
private var ownName: String {
    let own = UInt(bitPattern: #dsohandle)
    guard let maps = fopen("/proc/self/maps", "r") else { return "" }
    defer { fclose(maps) }
    var line = [CChar](repeating: 0, count: 8192)
    while fgets(&line, Int32(line.count), maps) != nil {
        let text = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let words = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let ends = words.first?.split(separator: "-").compactMap { UInt($0, radix: 16) } ?? []
        if ends.count == 2, (ends[0]..<ends[1]).contains(own) { return String(words.last ?? "") }
    }
    return ""
}

/// That of `…/dials-4711.so`.
private func port(of name: String) -> UInt16? {
    guard let file = name.split(separator: "/").last, file.hasPrefix(TrappingModule.diallingName)
    else { return nil }
    return UInt16(file.dropFirst(TrappingModule.diallingName.count).prefix { $0 != "." })
}

/// Knocks at a port of this machine, past what a module may send by.
private func dial(_ port: UInt16) {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let wire = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(wire) }
    _ = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(wire, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}

/// Notes that it was loaded, with one byte, and hangs.
private func hang(_ name: String) {
    let notes = open(name + ".loads", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    _ = write(notes, "x", 1)
    close(notes)
    for _ in 0..<(TrappingModule.hangsForMilliseconds / 10) {
        guard access(name + ".hold", F_OK) == 0 else { return }
        usleep(10_000)
    }
}

/// Whether this process has a file of that name in its memory.
private func isMapped(_ name: String) -> Bool {
    guard let maps = fopen("/proc/self/maps", "r") else { return false }
    defer { fclose(maps) }
    var line = [CChar](repeating: 0, count: 8192)
    while fgets(&line, Int32(line.count), maps) != nil {
        if strstr(line, name) != nil { return true }
    }
    return false
}
