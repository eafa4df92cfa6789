import Vocabulary

/// What an operator may set about the market itself.
public struct KernelSettings: Sendable {
    /// Where uploaded files are stored, by content hash.
    public var mediaFolder: String
    /// Where letters and pages lie while other programs work on them, each run's in a folder of its
    /// own that only its owner may read.
    public var toolFolder: String
    /// How long a checkout holds its stock and prices.
    public var checkoutLifetime: Duration = .seconds(30 * 60)
    /// Whether the market's clock may be moved and test modules may take payments.
    public var isDemo = false
    /// Where customers reach the shop, for return addresses and webhooks: no trailing slash.
    public var storefrontURL = "http://127.0.0.1:8080"
    /// Where sellers reach their desk, for the links in letters: no trailing slash.
    public var sellerURL = "http://127.0.0.1:8081"
    /// How long somebody of the back office may look on as somebody else.
    public var impersonationLifetime: Duration = .seconds(30 * 60)
    /// Threads that hash passwords; each holds 32 MiB while it works.
    public var passwordThreads = 1
    /// How long a provider may take when nobody waits for it. What waits for a process that may
    /// have died waits for a little longer than this.
    public var callDeadline: Duration = .seconds(20)
    /// How long a customer waits for one provider's shipping prices, taxes or ways to pay.
    public var quoteDeadline: Duration = .seconds(4)
    /// Bytes of pictures that one seller may store: some thousand listings with good pictures.
    public var sellerPictureBytesMax = 5 << 30
    /// How many of one seller's uploads may wait to be made at the same time: a small file may be
    /// as much work as a large one.
    public var sellerUnmadeMax = 1000
    /// Bytes of one seller's uploads that may wait to be made at the same time.
    public var sellerUnmadeBytesMax = 2 << 30
    /// How many of one customer's photos may wait to be made, or for a review that shows them:
    /// those of ten reviews.
    public var customerUnmadeMax = 40
    /// Bytes of those photos.
    public var customerUnmadeBytesMax = 400 << 20
    /// The program that makes photos: libvips' `vips`.
    public var photoTool = "/usr/bin/vips"
    /// How long one step of making a photo may take.
    public var photoDeadline: Duration = .seconds(60)
    /// How many photos are made at the same time; each may take a gigabyte while it is opened.
    public var photoThreads = 2
    /// Hears of every step between which a process may die; for drills alone.
    public var reached: (@Sendable (CrashStep) -> Void)?
    /// The program that prints PDFs: WeasyPrint, `program page.html page.pdf`.
    public var printTool = "/usr/bin/weasyprint"
    /// How long one print may take.
    public var printDeadline: Duration = .seconds(20)
    /// Where e-mail is handed over.
    public var mail = MailSettings()
    /// The program whose `module check` tries a module, in a process of its own.
    public var program = "/proc/self/exe"
    /// How long one conformance run may take.
    public var conformanceDeadline: Duration = .seconds(120)
    /// How much of the listings' JSON a process keeps in memory.
    public var listingCacheBytes = 48 * 1024 * 1024
    /// How old the counts beside a list of things may be before they are counted anew.
    public var facetLifetime: Duration = .seconds(30)
    /// How checkouts and purchases that come at once, and their outcomes, are written together.
    var gathering = GatheredWritesLimits()

    /// The keys under which apps store what only they may read, the newest first, 32 bytes each;
    /// asked anew each time, as they may be changed while the process runs.
    public var accountKeys: @Sendable () throws -> [[UInt8]] = { throw ProviderKeyError.notHere }

    public init(mediaFolder: String, toolFolder: String) {
        self.mediaFolder = mediaFolder
        self.toolFolder = toolFolder
    }
}

extension KernelSettings {
    /// How long a customer waits for a provider to take a payment. Shorter than the time after
    /// which the settling job looks an attempt up.
    var startDeadline: Duration { callDeadline * 3 / 5 }

    /// So soon after a purchase was written nobody has settled its payment: it cannot be cancelled
    /// or expire before, and a provider that has not heard of it is not believed until no call can
    /// be under way.
    var unsettledAge: Duration { startDeadline / 10 }

    /// How long a call belongs to whoever claimed it: longer than the call may take.
    var callClaim: Duration { callDeadline * 3 / 2 }

    /// How long a job stays with a worker that says nothing.
    public var jobLease: Duration { callDeadline * 3 / 2 }

    /// How long an idempotency key belongs to a request that does not end: longer than any may
    /// take.
    var onceClaim: Duration { callDeadline * 3 }
}
