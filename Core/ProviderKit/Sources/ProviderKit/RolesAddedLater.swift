import Synchronization

/// What modules can be asked since contract 5, without a new one.
///
/// `Provider` may get no further requirement: the tables of modules that were built before are
/// shorter, and whoever looked for it there would read what comes behind them. And a dynamic cast
/// to a protocol is not to be trusted (see `Provider.asPayment`). A cast to the module's own type
/// is: two versions of a module have two types, whatever they are called. So a module that
/// conforms leaves its type here when it is exported.
enum RolesAddedLater {
    private typealias Reading = @Sendable (any Provider) -> (any BankPayoutProvider)?

    private typealias Ordering =
        @Sendable (any Provider) -> (any OrderedBankPayoutProvider)?

    private static let known = Mutex<[ObjectIdentifier: Reading]>([:])
    private static let ordering = Mutex<[ObjectIdentifier: Ordering]>([:])

    static func note<Module: BankPayoutProvider>(_ module: Module.Type) {
        known.withLock {
            $0[ObjectIdentifier(module)] = { provider in
                guard let banks = provider as? Module, banks.tellsBankPayouts else { return nil }
                return banks
            }
        }
    }

    static func noteOrders<Module: OrderedBankPayoutProvider>(_ module: Module.Type) {
        note(module)
        ordering.withLock {
            $0[ObjectIdentifier(module)] = { provider in
                guard let banks = provider as? Module, banks.ordersBankPayouts else { return nil }
                return banks
            }
        }
    }

    static func bankPayouts(of provider: any Provider) -> (any BankPayoutProvider)? {
        known.withLock { $0[ObjectIdentifier(type(of: provider))] }?(provider)
    }

    static func orderedBankPayouts(
        of provider: any Provider
    ) -> (any OrderedBankPayoutProvider)? {
        ordering.withLock { $0[ObjectIdentifier(type(of: provider))] }?(provider)
    }
}

extension Provider {
    /// Itself where it tells of payouts to sellers' banks; nil where it does not, or is of a module
    /// that was never exported.
    public var asBankPayouts: (any BankPayoutProvider)? {
        RolesAddedLater.bankPayouts(of: self)
    }

    /// As `asBankPayouts`, where it makes such payouts when it is asked to.
    public var asOrderedBankPayouts: (any OrderedBankPayoutProvider)? {
        RolesAddedLater.orderedBankPayouts(of: self)
    }
}

/// As `exportModule` for every module, of one that tells of payouts to sellers' banks too.
public func exportModule<Module: BankPayoutProvider>(
    _ module: Module.Type
) -> UnsafeMutableRawPointer {
    Unmanaged.passRetained(ModuleExport(module)).toOpaque()
}

/// As `exportModule` for every module, of one that makes payouts to sellers' banks too.
public func exportModule<Module: OrderedBankPayoutProvider>(
    _ module: Module.Type
) -> UnsafeMutableRawPointer {
    Unmanaged.passRetained(ModuleExport(module)).toOpaque()
}

extension ModuleExport {
    /// Of a module that makes payouts to sellers' banks too.
    public convenience init<Module: OrderedBankPayoutProvider>(_ module: Module.Type) {
        RolesAddedLater.noteOrders(module)
        self.init(module.descriptor) {
            (settings, services) throws(ProviderError) -> any Provider in
            try Module(settings: settings, services: services)
        }
    }

    /// Of a module that is no Swift type, whose objects here are `Object`s: each says itself what
    /// it tells and makes.
    public convenience init<Object: OrderedBankPayoutProvider>(
        _ descriptor: ModuleDescriptor, of object: Object.Type,
        make:
            @escaping @Sendable (
                InstanceSettings, ProviderServices
            ) throws(ProviderError) -> any Provider
    ) {
        RolesAddedLater.noteOrders(object)
        self.init(descriptor, make: make)
    }

    /// Of a module that tells of payouts to sellers' banks too.
    public convenience init<Module: BankPayoutProvider>(_ module: Module.Type) {
        RolesAddedLater.note(module)
        self.init(module.descriptor) {
            (settings, services) throws(ProviderError) -> any Provider in
            try Module(settings: settings, services: services)
        }
    }

    /// Of a module that is no Swift type, whose objects here are `Object`s: each says itself what
    /// it tells.
    public convenience init<Object: BankPayoutProvider>(
        _ descriptor: ModuleDescriptor, of object: Object.Type,
        make:
            @escaping @Sendable (
                InstanceSettings, ProviderServices
            ) throws(ProviderError) -> any Provider
    ) {
        RolesAddedLater.note(object)
        self.init(descriptor, make: make)
    }
}
