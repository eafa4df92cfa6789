import Glibc

/// Room for one statement's parameters as libpq wants them: zero-terminated texts and an array of
/// pointers to them. Kept by a connection, so that sending allocates nothing.
final class ParameterBuffer {
    private var text = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 4096)
    private var pointers = UnsafeMutableBufferPointer<UnsafePointer<CChar>?>.allocate(capacity: 32)

    /// Memory that one giant statement needed is given back after it.
    private static let keptBytesMax = 1 << 20

    deinit {
        text.deallocate()
        pointers.deallocate()
    }

    /// Valid until the next call.
    func fill(_ binds: [String?]) -> UnsafePointer<UnsafePointer<CChar>?>? {
        guard !binds.isEmpty else { return nil }
        var size = 0
        for case let bind? in binds { size += bind.utf8.count + 1 }
        reserve(bytes: size, count: binds.count)
        var offset = 0
        for (index, bind) in binds.enumerated() {
            guard let bind, let base = text.baseAddress else {
                pointers[index] = nil
                continue
            }
            pointers[index] = UnsafePointer(base + offset)
            let count = bind.utf8.count
            let isCopied: Void? = bind.utf8.withContiguousStorageIfAvailable { bytes in
                if let source = bytes.baseAddress { memcpy(base + offset, source, count) }
            }
            if isCopied == nil {
                for (position, byte) in bind.utf8.enumerated() {
                    base[offset + position] = CChar(bitPattern: byte)
                }
            }
            base[offset + count] = 0
            offset += count + 1
        }
        return UnsafePointer(pointers.baseAddress)
    }

    private func reserve(bytes: Int, count: Int) {
        if bytes > text.count || (text.count > Self.keptBytesMax && bytes < 4096) {
            text.deallocate()
            text = .allocate(capacity: max(4096, bytes))
        }
        if count > pointers.count {
            pointers.deallocate()
            pointers = .allocate(capacity: count)
        }
    }
}
