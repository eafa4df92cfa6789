internal import COpenSSL

/// What can go wrong with sealed bytes and derived keys.
public enum CryptoError: Error, Hashable, Sendable {
    /// The key has the wrong length: AES-256 takes 32 bytes.
    case keyLength
    /// The bytes were changed, cut, sealed under another key, or bound to something else.
    case notAuthentic
    /// libcrypto refused, for instance parameters that ask for too much memory.
    case refused
}

/// AES-256-GCM (NIST SP 800-38D): nobody without the key can read or change what it seals.
public enum Sealing {
    static let nonceBytes = 12
    static let tagBytes = 16

    /// Nonce, ciphertext and tag in one. `binding` is not stored: the same must be given to
    /// open, so that a sealed value copied to another row does not open there.
    public static func seal(
        _ plain: [UInt8], key: [UInt8], binding: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        guard key.count == 32 else { throw .keyLength }
        guard let context = EVP_CIPHER_CTX_new() else { throw .refused }
        defer { EVP_CIPHER_CTX_free(context) }
        let nonce = randomBytes(nonceBytes)
        var sealed = [UInt8](repeating: 0, count: plain.count)
        var tag = [UInt8](repeating: 0, count: tagBytes)
        var length: Int32 = 0
        guard EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            EVP_EncryptUpdate(context, nil, &length, binding, Int32(binding.count)) == 1,
            EVP_EncryptUpdate(context, &sealed, &length, plain, Int32(plain.count)) == 1,
            EVP_EncryptFinal_ex(context, &tag, &length) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, Int32(tagBytes), &tag) == 1
        else { throw .refused }
        return nonce + sealed + tag
    }

    /// What was sealed with the same key and binding.
    /// - Throws: `notAuthentic` when it was not.
    public static func open(
        _ sealed: [UInt8], key: [UInt8], binding: [UInt8]
    ) throws(CryptoError) -> [UInt8] {
        guard key.count == 32 else { throw .keyLength }
        guard sealed.count >= nonceBytes + tagBytes else { throw .notAuthentic }
        guard let context = EVP_CIPHER_CTX_new() else { throw .refused }
        defer { EVP_CIPHER_CTX_free(context) }
        let nonce = Array(sealed.prefix(nonceBytes))
        var tag = Array(sealed.suffix(tagBytes))
        let body = Array(sealed.dropFirst(nonceBytes).dropLast(tagBytes))
        var plain = [UInt8](repeating: 0, count: body.count)
        var rest = [UInt8](repeating: 0, count: tagBytes)
        var length: Int32 = 0
        guard EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1,
            EVP_DecryptUpdate(context, nil, &length, binding, Int32(binding.count)) == 1,
            EVP_DecryptUpdate(context, &plain, &length, body, Int32(body.count)) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, Int32(tagBytes), &tag) == 1
        else { throw .refused }
        guard EVP_DecryptFinal_ex(context, &rest, &length) == 1 else { throw .notAuthentic }
        return plain
    }
}
