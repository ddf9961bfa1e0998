/// A date of an entitlement: a whole day, or a moment.
///
/// A day is the last covered one, through its end in the customer's time zone.
public enum DateValue: Hashable, Sendable {
    /// A calendar day, without a time.
    case day(LocalDay)
    /// A moment.
    case instant(Instant)
}

extension DateValue: Codable, CustomStringConvertible, LosslessStringConvertible {
    /// The value that `2027-01-31` or `2026-01-01T10:00:00Z` names; nil for anything else.
    public init?(_ description: String) {
        if let day = LocalDay(description) {
            self = .day(day)
        } else if let instant = Instant(description) {
            self = .instant(instant)
        } else {
            return nil
        }
    }

    /// `2027-01-31` or `2026-01-01T10:00:00Z`.
    public var description: String {
        switch self {
        case .day(let day): day.description
        case .instant(let instant): instant.description
        }
    }

    /// Reads the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no date or time")
        }
        self = value
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
