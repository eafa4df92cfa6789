internal import COpenSSL

/// SHA-256 of `bytes`, 32 bytes.
public func sha256(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    let done = EVP_Digest(bytes, bytes.count, &digest, &length, EVP_sha256(), nil)
    // Only an OpenSSL without SHA-256 can fail here, and nothing of ours could go on then.
    precondition(done == 1 && length == 32, "libcrypto has no SHA-256")
    return digest
}

/// HMAC-SHA256 (RFC 2104) of `bytes` under `key`, 32 bytes.
public func hmacSHA256(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    // An empty key needs a valid address all the same, or OpenSSL takes the previous key.
    let material = key.isEmpty ? [0] : key
    let done = HMAC(
        EVP_sha256(), material, Int32(key.count), bytes, bytes.count, &digest, &length)
    precondition(done != nil && length == 32, "libcrypto has no HMAC-SHA256")
    return digest
}

/// Whether both are the same, in a time that does not tell where they differ. The length is not
/// a secret.
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}

/// `count` bytes that nobody can guess.
public func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
        var word = generator.next()
        for _ in 0..<min(8, count - bytes.count) {
            bytes.append(UInt8(truncatingIfNeeded: word))
            word >>= 8
        }
    }
    return bytes
}
