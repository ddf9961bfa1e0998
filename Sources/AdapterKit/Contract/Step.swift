/// What an adapter asks the core to do next.
public enum Step: Codable, Hashable, Sendable {
    /// Send an HTTP request to the vendor and come back with its answer.
    case send(Request)
    /// Have a person do something, and come back with what they brought.
    case ask(PersonStep)
    /// Come back at this time.
    case wait(until: Instant)
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
}

/// A request to the vendor whose address the profile names.
public struct Request: Codable, Hashable, Sendable {
    /// The method: `GET`, `POST`.
    public var method: String
    /// The path below the vendor's address, beginning with `/`, percent-encoded, with its query.
    public var path: String
    /// Further headers.
    public var headers: [String: String]
    /// The body's bytes; empty for none.
    @Base64 public var body: [UInt8]
    /// How the answer must be trusted.
    public var trust: Trust
    /// Whether its body holds secrets: the journal keeps the request without it. Such a request is made once.
    public var isSecret: Bool
    /// Whether it is never repeated by itself: the intent is committed before it leaves, the raw answer is
    /// sealed and committed before the adapter sees it. Everything else is tried again by the core.
    public var once: Bool

    /// A request.
    public init(
        method: String, path: String, headers: [String: String] = [:], body: [UInt8] = [], trust: Trust,
        once: Bool = false, isSecret: Bool = false
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.trust = trust
        self.once = once
        self.isSecret = isSecret
    }

    /// From the journal. Requests that were journaled by earlier versions say nothing of ``isSecret``.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        method = try container.decode(String.self, forKey: .method)
        path = try container.decode(String.self, forKey: .path)
        headers = try container.decode([String: String].self, forKey: .headers)
        _body = try container.decode(Base64.self, forKey: .body)
        trust = try container.decode(Trust.self, forKey: .trust)
        once = try container.decode(Bool.self, forKey: .once)
        isSecret = try container.decodeIfPresent(Bool.self, forKey: .isSecret) ?? false
    }

    /// How an answer must be trusted before the adapter sees it.
    public enum Trust: Codable, Hashable, Sendable {
        /// A ``SignedDocument`` for this purpose, over the request's nonce, by a key that the profile names.
        case signed(purpose: String)
        /// Not signed: TLS alone speaks for it.
        case plain
    }
}

/// A vendor's answer that passed the checks its request asked for.
public struct Response: Codable, Hashable, Sendable {
    /// The HTTP status, 200 to 499. The core turns the others into errors.
    public var status: Int
    /// The body: of a signed document the payload alone.
    @Base64 public var body: [UInt8]
    /// The whole document as the vendor signed it, for files that carry their own proof; the body's bytes
    /// where it was not signed.
    @Base64 public var document: [UInt8]

    /// A response.
    public init(status: Int, body: [UInt8], document: [UInt8]? = nil) {
        self.status = status
        self.body = body
        self.document = document ?? body
    }
}

/// How a conversation ended well.
public enum Outcome: Codable, Hashable, Sendable {
    /// What is held still holds; no file is touched.
    case unchanged(Attestation)
    /// The vendor granted something else.
    case updated(Grant)
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

    /// A grant.
    public init(attestation: Attestation, revision: String, entitlement: Entitlement, files: [File]) {
        self.attestation = attestation
        self.revision = revision
        self.entitlement = entitlement
        self.files = files
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
