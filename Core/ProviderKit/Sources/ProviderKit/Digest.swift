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

/// HMAC-SHA1 (RFC 2104) of `bytes` under `key`, 20 bytes: for one-time passwords, which every
/// authenticator app makes with it. Nothing new should use it.
public func hmacSHA1(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 20)
    var length: UInt32 = 0
    let material = key.isEmpty ? [0] : key
    let done = HMAC(
        EVP_sha1(), material, Int32(key.count), bytes, bytes.count, &digest, &length)
    precondition(done != nil && length == 20, "libcrypto has no HMAC-SHA1")
    return digest
}

/// HKDF (RFC 5869) with SHA-256: a key of `count` bytes, 8160 at most, for the purpose that `info`
/// names. Whoever has one derived key knows nothing of `key`, nor of another purpose's.
public func hkdfSHA256(
    _ key: [UInt8], salt: [UInt8] = [], info: [UInt8], count: Int = 32
) -> [UInt8] {
    precondition((0...255 * 32).contains(count), "HKDF gives at most 8160 bytes")
    let extracted = hmacSHA256(
        key, key: salt.isEmpty ? [UInt8](repeating: 0, count: 32) : salt)
    var derived: [UInt8] = []
    var block: [UInt8] = []
    var number: UInt8 = 1
    while derived.count < count {
        block = hmacSHA256(block + info + [number], key: extracted)
        derived += block
        number &+= 1
    }
    return Array(derived.prefix(count))
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
