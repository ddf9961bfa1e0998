/// A step that a person does: outside the gateway, in the product or by mail, and comes back from with what it brought.
///
/// It may take weeks. The conversation is journaled until then, and does not keep others from the installation.
public struct PersonStep: Codable, Hashable, Sendable {
    /// What it is, in a few words: `Send the licence request`.
    public var title: String
    /// What to do, in whole sentences.
    public var text: String
    /// The files that the person takes along.
    public var hands: [HandedFile]
    /// What the person brings back.
    public var brings: Brings

    /// A step.
    public init(title: String, text: String, hands: [HandedFile] = [], brings: Brings = Brings()) {
        self.title = title
        self.text = text
        self.hands = hands
        self.brings = brings
    }

    /// A file that a person takes along.
    public struct HandedFile: Codable, Hashable, Sendable {
        /// The name that it is given where nobody says otherwise: `licence-request.xml`.
        public var name: String
        /// Its bytes.
        @Base64 public var contents: [UInt8]

        /// A file.
        public init(name: String, contents: [UInt8]) {
            self.name = name
            self.contents = contents
        }
    }

    /// What a person brings back.
    public struct Brings: Codable, Hashable, Sendable {
        /// The vendor's documents.
        public var documents: [Document]
        /// Values that the person reads somewhere and types in.
        public var values: [Field]

        /// What is brought.
        public init(documents: [Document] = [], values: [Field] = []) {
            self.documents = documents
            self.values = values
        }
    }

    /// A document of the vendor's.
    public struct Document: Codable, Hashable, Sendable {
        /// Its name in ``Brought/documents``: `entitlement`.
        public var name: String
        /// What a person calls it: `licence entitlement file`.
        public var title: String
        /// What the name of its file ends with, whatever the case: `.ent`, `entitlements.xml`.
        public var suffix: String
        /// How it must be trusted before the adapter sees it: signed over the nonce of the facts that the step was made
        /// from, or ``Request/Trust/plain``: then the person alone speaks for it.
        public var trust: Request.Trust
        /// Whether there is no going on without it.
        public var required: Bool

        /// A document.
        public init(name: String, title: String, suffix: String, trust: Request.Trust, required: Bool = true) {
            self.name = name
            self.title = title
            self.suffix = suffix
            self.trust = trust
            self.required = required
        }
    }
}

/// What a person brought back from a step.
public struct Brought: Codable, Hashable, Sendable {
    /// The vendor's documents by name, each verified as the step asked. Their status is always 200.
    public var documents: [String: Response]
    /// The values, by field name.
    public var values: [String: String]

    /// What was brought.
    public init(documents: [String: Response] = [:], values: [String: String] = [:]) {
        self.documents = documents
        self.values = values
    }
}
