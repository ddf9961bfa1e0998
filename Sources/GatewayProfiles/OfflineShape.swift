import AdapterKit
import MarkedYAML

/// Reads what a profile says of persons who ask the vendor: its `offline` and its `instructions`.
enum OfflineShape {
    static let shape = Shape<Profile.OfflineRules>.mapping { fields in
        let due = fields.required(
            "due", ProfileShape.days,
            help: "When the next request is due, in calendar days of the customer's from the last success: 21d.")
        let unanswered = fields.optional(
            "unanswered", ProfileShape.days, default: 5,
            help:
                "When a request that was sent is told as unanswered, in calendar days of the customer's; 5d without it."
        )
        return due.map { Profile.OfflineRules(dueDays: $0, unansweredDays: unanswered) }
    }

    static let instructions = Shape<[Act: String]>.mapping { fields in
        var texts: [Act: String] = [:]
        texts[.refresh] = fields.optional(
            "refresh", text, help: "How a person has the product ask what the license is now, in whole sentences.")
        texts[.request] = fields.optional(
            "request", text, help: "How a person makes an offline activation in the product, in whole sentences.")
        texts[.upgrade] = fields.optional(
            "upgrade", text, help: "How a person enters and activates license keys in the product, in whole sentences.")
        return texts
    }

    private static let text = Shape<String>.string.checked { text in
        text.hasSuffix(".") && text.utf8.count <= 2000
            ? nil : "write whole sentences, the last with a full stop, of at most 2000 bytes"
    }
}
