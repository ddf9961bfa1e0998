public import AdapterKit

/// Lists the steps that wait for a person, those that keep off the soonest loss of access first.
public struct ListSteps: GatewayCall {
    /// What comes back.
    public typealias Answer = [StepItem]
    /// The name in the audit trail and the API.
    public static let name = "steps.list"

    /// Only this customer's; nil for all.
    public var customer: String?
    /// Only this installation's; nil for all.
    public var installation: String?
    /// Only those whose installation this person sees to; nil for all.
    public var owner: String?

    /// The call.
    public init(customer: String? = nil, installation: String? = nil, owner: String? = nil) {
        self.customer = customer
        self.installation = installation
        self.owner = owner
    }
}

/// A step that waits for a person.
public struct StepItem: Codable, Hashable, Sendable {
    /// The operation's ID.
    public var operation: String
    /// Which of the operation's person steps it is, from 1.
    public var step: Int
    /// What the operation is for: `refresh`, `request`.
    public var act: Act
    /// The installation's ID.
    public var installation: String
    /// The installation's name; empty for none.
    public var installationName: String
    /// The customer's ID.
    public var customer: String
    /// The customer's name.
    public var customerName: String
    /// What to do, in a few words.
    public var title: String
    /// Since when it waits.
    public var since: Instant
    /// When a person sent what it waits for the answer to; nil where nobody said so.
    public var sent: Instant?
    /// Who sees to the installation.
    public var owner: String?
    /// When full access ends if nothing is done; nil where that is not foreseen.
    public var fullUntil: Instant?

    /// An item.
    public init(
        operation: String, step: Int, act: Act, installation: String, installationName: String, customer: String,
        customerName: String, title: String, since: Instant, sent: Instant?, owner: String?, fullUntil: Instant?
    ) {
        self.operation = operation
        self.step = step
        self.act = act
        self.installation = installation
        self.installationName = installationName
        self.customer = customer
        self.customerName = customerName
        self.title = title
        self.since = since
        self.sent = sent
        self.owner = owner
        self.fullUntil = fullUntil
    }
}

/// Shows what a person is asked to do, with the files to take along.
public struct ShowStep: GatewayCall {
    /// What comes back.
    public typealias Answer = StepDetail
    /// The name in the audit trail and the API.
    public static let name = "steps.show"

    /// The operation's ID.
    public var operation: String

    /// The call.
    public init(operation: String) { self.operation = operation }
}

/// What a person is asked to do, and what was brought back so far.
public struct StepDetail: Codable, Hashable, Sendable {
    /// The step that waits; nil where the operation waits for nobody.
    public var item: StepItem?
    /// The operation.
    public var operation: OperationView
    /// What to do, bring and take along; nil where the operation waits for nobody.
    public var what: PersonStep?
    /// What the operation keeps, by step and name.
    public var attachments: [AttachmentView]

    /// A step.
    public init(item: StepItem?, operation: OperationView, what: PersonStep?, attachments: [AttachmentView]) {
        self.item = item
        self.operation = operation
        self.what = what
        self.attachments = attachments
    }
}

/// A file that is kept with an operation.
public struct AttachmentView: Codable, Hashable, Sendable {
    /// Which of the operation's person steps brought it, from 1.
    public var step: Int
    /// Its name.
    public var name: String
    /// Its size in bytes.
    public var size: Int
    /// The SHA-256 of its bytes in hexadecimal.
    public var sha256: String
    /// When it was brought.
    public var at: Instant
    /// Who brought it, by ID.
    public var caller: String

    /// An attachment.
    public init(step: Int, name: String, size: Int, sha256: String, at: Instant, caller: String) {
        self.step = step
        self.name = name
        self.size = size
        self.sha256 = sha256
        self.at = at
        self.caller = caller
    }
}

/// Gives the bytes of a file that is kept with an operation.
public struct ShowAttachment: GatewayCall {
    /// What comes back.
    public typealias Answer = AttachedFile
    /// The name in the audit trail and the API.
    public static let name = "steps.attachment"

    /// The operation's ID.
    public var operation: String
    /// Which of its person steps, from 1.
    public var step: Int
    /// The file's name.
    public var file: String

    /// The call.
    public init(operation: String, step: Int, file: String) {
        self.operation = operation
        self.step = step
        self.file = file
    }
}

/// A file with its name.
public struct AttachedFile: Codable, Hashable, Sendable {
    /// Its name, without any folder.
    public var name: String
    /// Its bytes.
    @Base64 public var contents: [UInt8]

    /// The most bytes of one file: 10 MiB.
    public static let mostBytes = 10 * 1024 * 1024
    /// The most files that an operation keeps.
    public static let mostFiles = 50
    /// The most bytes that an operation keeps: 50 MiB.
    public static let mostBytesOfAll = 50 * 1024 * 1024

    /// A file.
    public init(name: String, contents: [UInt8]) {
        self.name = name
        self.contents = contents
    }
}

/// Goes on with an operation whose step a person has done.
public struct CompleteStep: GatewayCall {
    /// What comes back.
    public typealias Answer = RefreshResult
    /// The name in the audit trail and the API.
    public static let name = "steps.done"

    /// The operation's ID.
    public var operation: String
    /// Which of its person steps was done, from 1: not another that it asks for by now.
    public var step: Int
    /// What was brought back: the documents that the step wants, screenshots, mails.
    public var files: [AttachedFile]
    /// The values that the step wants, by name.
    public var values: [String: String]
    /// What there is to say of it; empty for nothing.
    public var note: String
    /// When it was done.
    public var at: PointInTime
    /// Whether a file that Gatehouse did not write may be replaced; that original is kept for good.
    public var adopt: Bool

    /// The call.
    public init(
        operation: String, step: Int, files: [AttachedFile] = [], values: [String: String] = [:], note: String = "",
        at: PointInTime = .now, adopt: Bool = false
    ) {
        self.operation = operation
        self.step = step
        self.files = files
        self.values = values
        self.note = note
        self.at = at
        self.adopt = adopt
    }
}

/// Gives up an operation that waits for a person.
public struct CancelStep: GatewayCall {
    /// What comes back.
    public typealias Answer = OperationView
    /// The name in the audit trail and the API.
    public static let name = "steps.cancel"

    /// The operation's ID.
    public var operation: String
    /// Why; empty for nothing.
    public var note: String

    /// The call.
    public init(operation: String, note: String = "") {
        self.operation = operation
        self.note = note
    }
}
