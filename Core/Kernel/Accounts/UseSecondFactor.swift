import Postgres
import ProviderKit
import Vocabulary

extension Marketplace {
    /// Somebody's second factor; nil while signing in asks for none.
    public func secondFactor(of account: ID<Account>) async throws -> SecondFactor? {
        let found = try await database.secondFactors.find(account)
        return found?.confirmedAt == nil ? nil : found
    }

    /// Gives out a secret for an authenticator app, shown this once. Nothing is asked for at
    /// signing in before ``confirmSecondFactor(of:code:)``.
    /// - Throws: ``AccountRefusal/passwordWrong``, ``SecondFactorRefusal/isOn``,
    ///   ``WorkRefusal/busy(seconds:)``.
    public func beginSecondFactor(
        of account: Account, password: String
    ) async throws -> SecondFactorSecret {
        try await requirePassword(password, of: account.id)
        let secret = OneTimePassword(secret: randomBytes(OneTimePassword.secretBytes))
        try await database.transaction { tx in
            try await tx.secondFactors.lockForSealing()
            let sealed = try secondFactorKeys().seal(
                secret.secret, binding: Self.binding(account.id))
            guard try await tx.secondFactors.begin(sealed, of: account.id) else {
                throw SecondFactorRefusal.isOn
            }
        }
        return SecondFactorSecret(
            text: RecoveryCode.grouped(base32(secret.secret)),
            uri: secret.uri(issuer: "Guildhall", account: account.email))
    }

    /// Turns it on, once a code shows that the app has the secret. Sessions, tokens for programs
    /// and links to another address end: they were begun with the password alone.
    /// - Returns: recovery codes, shown this once, and the account, as which the caller may go on.
    /// - Throws: ``SecondFactorRefusal``, ``AccountRefusal/signInFailed`` when everything of
    ///   `person` ended meanwhile.
    public func confirmSecondFactor(
        of person: Account, code: String
    ) async throws -> (codes: [String], account: Account) {
        let account = person.id
        let now = Instant.systemNow
        return try await database.transaction { tx in
            guard let stored = try await tx.secondFactors.lock(account) else {
                throw SecondFactorRefusal.notBegun
            }
            guard stored.confirmedAt == nil else { throw SecondFactorRefusal.isOn }
            let since = now.secondsSince1970 - stored.createdAt.secondsSince1970
            guard since <= SecondFactor.confirmationSeconds else {
                throw SecondFactorRefusal.notBegun
            }
            guard let step = try step(of: code, in: stored, account, at: now) else {
                throw SecondFactorRefusal.codeWrong
            }
            try await tx.secondFactors.markConfirmed(account, step: step)
            let next = try await endSessions(of: account, after: person.accessEpoch, tx)
            guard let next else { throw AccountRefusal.signInFailed }
            try await tx.accessTokens.revokeAll(of: account)
            try await tx.emailChanges.endAll(of: account)
            let codes = try await newRecoveryCodes(of: account, tx)
            try await tell("account.two-step-on", account, tx)
            return (codes, next)
        }
    }

    /// Recovery codes in place of those before, shown this once, for whoever knows the password
    /// and has the app or one of the codes.
    /// - Throws: ``AccountRefusal/passwordWrong``, ``SecondFactorRefusal``,
    ///   ``WorkRefusal/busy(seconds:)``.
    public func renewRecoveryCodes(
        of account: ID<Account>, password: String, code: String
    ) async throws -> [String] {
        try await requirePassword(password, of: account)
        try await checkSecondFactor(of: account, code: code)
        return try await database.transaction { tx in
            guard try await tx.secondFactors.lock(account)?.confirmedAt != nil else {
                throw SecondFactorRefusal.isOff
            }
            let codes = try await newRecoveryCodes(of: account, tx)
            try await tell("account.recovery-codes-renewed", account, tx)
            return codes
        }
    }

    /// Turns it off for whoever knows the password and has the app or a recovery code: a stolen
    /// session alone does not.
    /// - Throws: ``AccountRefusal/passwordWrong``, ``SecondFactorRefusal``,
    ///   ``WorkRefusal/busy(seconds:)``.
    public func turnOffSecondFactor(
        of account: ID<Account>, password: String, code: String
    ) async throws {
        try await requirePassword(password, of: account)
        guard try await secondFactor(of: account) != nil else { throw SecondFactorRefusal.isOff }
        try await checkSecondFactor(of: account, code: code)
        try await database.transaction { tx in
            guard try await tx.secondFactors.delete(account) else {
                throw SecondFactorRefusal.isOff
            }
            try await tell("account.two-step-off", account, tx)
        }
    }

    /// Checks what is typed after the password: nothing for those who have no second factor, else
    /// a code of the app or a recovery code, each of which opens once.
    /// - Throws: ``SecondFactorRefusal/codeNeeded`` for nil, ``SecondFactorRefusal/codeWrong``,
    ///   ``SecondFactorRefusal/locked(seconds:)`` after too many wrong ones, also for a right one.
    public func checkSecondFactor(of account: ID<Account>, code: String?) async throws {
        guard try await secondFactor(of: account) != nil else { return }
        guard let code, !InputText.trimmed(code).isEmpty else {
            throw SecondFactorRefusal.codeNeeded
        }
        // Decided within, thrown after: a wrong code has to stay counted.
        let refusal = try await database.transaction { tx in
            try await tryCode(code, of: account, at: .systemNow, tx)
        }
        if let refusal { throw refusal }
    }

    /// Puts the secret of one second factor under the newest key, in a transaction of its own.
    /// - Returns: whether there may be more.
    public func resealNextSecondFactor() async throws -> Bool {
        try await database.transaction { tx in
            try await tx.secondFactors.lockForSealing()
            let keys = try secondFactorKeys()
            guard let (account, stored) = try await tx.secondFactors.lockNext(under: keys.olderIDs)
            else { return false }
            let secret = try keys.open(
                stored.secret, keyID: stored.keyID, binding: Self.binding(account))
            try await tx.secondFactors.reseal(
                account, keys.seal(secret, binding: Self.binding(account)))
            return true
        }
    }

    func secondFactorKeys() throws -> AccountKeys {
        try AccountKeys(settings.accountKeys(), for: "second factors")
    }

    private func tryCode(
        _ code: String, of account: ID<Account>, at now: Instant, _ tx: Transaction
    ) async throws -> SecondFactorRefusal? {
        guard let stored = try await tx.secondFactors.lock(account), stored.confirmedAt != nil
        else { return nil }
        if let until = stored.lockedUntil, until > now {
            return .locked(seconds: Int(until.secondsSince1970 - now.secondsSince1970))
        }
        if let step = try step(of: code, in: stored, account, at: now) {
            try await tx.secondFactors.markPassed(account, step: step)
            return nil
        }
        if let hash = RecoveryCode.hash(code, of: account),
            try await tx.secondFactors.useRecoveryCode(hash, of: account)
        {
            try await tx.secondFactors.markPassed(account, step: nil)
            try await tell("account.recovery-code-used", account, tx)
            return nil
        }
        let failures = stored.failures + 1
        let isLocked = failures >= SecondFactor.failuresMax
        try await tx.secondFactors.markFailed(
            account, failures: isLocked ? 0 : failures,
            lockedUntil: isLocked
                ? now.advanced(by: .seconds(SecondFactor.lockSeconds)) : nil)
        if isLocked { try await tell("account.two-step-locked", account, tx) }
        return .codeWrong
    }

    private func step(
        of code: String, in stored: StoredSecondFactor, _ account: ID<Account>, at now: Instant
    ) throws -> Int64? {
        // A recovery code may have six digits among its letters.
        let digits = code.filter { !$0.isWhitespace && $0 != "-" }
        guard digits.utf8.count == OneTimePassword.digits,
            digits.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        let secret = try secondFactorKeys().open(
            stored.secret, keyID: stored.keyID, binding: Self.binding(account))
        return OneTimePassword(secret: secret).step(of: digits, at: now, after: stored.lastStep)
    }

    private func newRecoveryCodes(
        of account: ID<Account>, _ tx: Transaction
    ) async throws -> [String] {
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode.random() }
        try await tx.secondFactors.replaceRecoveryCodes(
            codes.compactMap { RecoveryCode.hash($0, of: account) }, of: account)
        return codes
    }

    private func tell(_ topic: String, _ account: ID<Account>, _ tx: Transaction) async throws {
        try await tx.outbox.record(
            OutboxEvent(topic, about: "account", account, NoPayload())
                .telling(account: account, email: nil))
        try await tx.audit.record(
            topic, on: "account", account.description, by: account, as: .customer)
    }

    private static func binding(_ account: ID<Account>) -> String { "second_factor:\(account)" }
}

extension Marketplace {
    /// - Throws: ``AccountRefusal/passwordWrong``, ``AccountRefusal/unknown``,
    ///   ``WorkRefusal/busy(seconds:)``.
    func requirePassword(_ password: String, of account: ID<Account>) async throws {
        guard let hash = try await database.accounts.findPassword(of: account)?.hash else {
            throw AccountRefusal.unknown
        }
        let typed = Password(password)
        guard try await passwords.run({ try typed.matches(hash) }) else {
            throw AccountRefusal.passwordWrong
        }
    }
}
