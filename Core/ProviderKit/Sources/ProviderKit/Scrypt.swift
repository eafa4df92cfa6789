internal import COpenSSL

/// scrypt (RFC 7914) with the cost that passwords are hashed with.
public struct Scrypt: Hashable, Sendable {
    /// N: a power of two. Memory is 128 × N × r bytes.
    public var cost: UInt64
    public var blockSize: UInt64
    public var parallelism: UInt64

    /// 2^15, 8, 3: 32 MB and about a tenth of a second on one core.
    public static let password = Scrypt(cost: 32_768, blockSize: 8, parallelism: 3)

    public init(cost: UInt64, blockSize: UInt64, parallelism: UInt64) {
        self.cost = cost
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// Derives `length` bytes. **Blocks its thread** for as long as the cost asks: never call it
    /// on the cooperative pool; the kernel has a small pool of threads of its own for it.
    /// - Throws: `refused` for parameters that RFC 7914 does not allow or over 256 MB.
    public func derive(
        _ password: [UInt8], salt: [UInt8], length: Int = 32
    ) throws(CryptoError) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: length)
        let done = password.withUnsafeBufferPointer { text in
            text.withMemoryRebound(to: CChar.self) { text in
                EVP_PBE_scrypt(
                    text.baseAddress, password.count, salt, salt.count, cost, blockSize,
                    parallelism, 256 << 20, &key, length)
            }
        }
        guard done == 1 else { throw .refused }
        return key
    }
}
