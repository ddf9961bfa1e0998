/// What an adapter asks the core to do next.
public enum Step: Codable, Hashable, Sendable {
    /// Send an HTTP request to the vendor and come back with its answer.
    case send(Request)
    /// Have a person do something, and come back with what they brought.
    case ask(PersonStep)
    /// Come back at this time.
    case wait(until: Instant)
    /// Show a person something that they need elsewhere, and come back at this time, whether they have done it or not.
    case show(Notice, until: Instant)
    /// The conversation is over.
    case finish(Outcome)
}

/// What came back from a step.
public enum Event: Codable, Hashable, Sendable {
    /// The vendor's answer, verified as the request asked.
    case answer(Response)
    /// A person has done the step.
    case brought(Brought)
    /// The time that was waited for has come.
    case time
    /// No answer came, to a request that may go unanswered. Whether it arrived is not known.
    case unanswered
}

/// How a conversation ended well.
public enum Outcome: Codable, Hashable, Sendable {
    /// What is held still holds; no file is touched.
    case unchanged(Attestation)
    /// The vendor granted something else.
    case updated(Grant)
    /// Nothing is licensed any more: it was given back, and has to be acquired again.
    case removed(Removal)
}

/// Whom a vendor's answer is about, and when it was made. The core checks both before it takes the answer:
/// it must name this installation, be no older than what is held, and not come from the future.
public struct Attestation: Codable, Hashable, Sendable {
    /// The identity in the answer, by field name: every required field.
    public var subject: [String: String]
    /// When the vendor made it.
    public var issued: Instant
    /// What the adapter found worth telling of the answer, in whole sentences.
    public var remarks: [String]

    /// An attestation.
    public init(subject: [String: String], issued: Instant, remarks: [String] = []) {
        self.subject = subject
        self.issued = issued
        self.remarks = remarks
    }
}

/// What a vendor granted, with the files that carry it to the product.
public struct Grant: Codable, Hashable, Sendable {
    /// Whom it is for and when it was made.
    public var attestation: Attestation
    /// The vendor's mark for it, given back in ``Facts/Held/revision``.
    public var revision: String
    /// What is granted.
    public var entitlement: Entitlement
    /// The files to deliver, by the names that the descriptor declares.
    public var files: [File]
    /// When to ask again, where what is granted says so itself; nil for as often as the profile says.
    public var refreshAt: Instant?
    /// What tokens of this license are checked by; nil where it has none that can be checked.
    public var tokens: TokenTerms?

    /// A grant.
    public init(
        attestation: Attestation, revision: String, entitlement: Entitlement, files: [File] = [],
        refreshAt: Instant? = nil, tokens: TokenTerms? = nil
    ) {
        self.attestation = attestation
        self.revision = revision
        self.entitlement = entitlement
        self.files = files
        self.refreshAt = refreshAt
        self.tokens = tokens
    }

    /// A file for the product.
    public struct File: Codable, Hashable, Sendable {
        /// Which of the descriptor's deliveries it is; the profile says where that goes.
        public var delivery: String
        /// Its bytes.
        @Base64 public var contents: [UInt8]

        /// A file.
        public init(delivery: String, contents: [UInt8]) {
            self.delivery = delivery
            self.contents = contents
        }
    }
}

/// That a license was given back.
public struct Removal: Codable, Hashable, Sendable {
    /// What is worth telling of it, in whole sentences.
    public var remarks: [String]

    /// A removal.
    public init(remarks: [String] = []) { self.remarks = remarks }
}

/// What a person is shown to do elsewhere, while the conversation waits for it: a code, and where to type it.
public struct Notice: Codable, Hashable, Sendable {
    /// What it is, in a few words: `Authorize this server`.
    public var title: String
    /// What to do, in whole sentences.
    public var text: String
    /// What to type there, as it is to be read: `WDJB-MJHT`.
    public var code: String
    /// Where: a web address.
    public var link: String
    /// The same with the code in it, where the vendor gives one.
    public var completeLink: String?
    /// Until when the code can be used.
    public var expires: Instant

    /// A notice.
    public init(
        title: String, text: String, code: String, link: String, completeLink: String? = nil, expires: Instant
    ) {
        self.title = title
        self.text = text
        self.code = code
        self.link = link
        self.completeLink = completeLink
        self.expires = expires
    }
}
