import AdapterKit
import GatewayAPI

/// A column of the portfolio as a spreadsheet. The names are what people's sheets rely on: they are added to, not
/// changed.
enum PortfolioColumn: Hashable, Sendable {
    case customer
    case customerName
    case timeZone
    case customerNotes
    case installation
    case name
    case profile
    case identity(String)
    case site(String)
    case term
    case price
    case owner
    case emergencyPlan
    case notes

    /// The name in the file's first row.
    var title: String {
        switch self {
        case .customer: "customer"
        case .customerName: "customerName"
        case .timeZone: "timeZone"
        case .customerNotes: "customerNotes"
        case .installation: "installation"
        case .name: "name"
        case .profile: "profile"
        case .identity(let field): "identity.\(field)"
        case .site(let name): "site.\(name)"
        case .term: "term"
        case .price: "price"
        case .owner: "owner"
        case .emergencyPlan: "emergencyPlan"
        case .notes: "notes"
        }
    }

    /// Whether it is about the customer, whose columns are repeated in each of its rows.
    var isCustomers: Bool {
        switch self {
        case .customer, .customerName, .timeZone, .customerNotes: true
        default: false
        }
    }

    /// Whether what stands there may name a person: such a value is never written into the audit trail.
    var mayNamePeople: Bool {
        switch self {
        case .owner, .emergencyPlan, .notes, .customerNotes: true
        default: false
        }
    }

    /// Whether white space at its ends means nothing.
    var isTrimmed: Bool {
        switch self {
        case .identity, .site: false
        default: true
        }
    }

    /// Whether a spreadsheet that takes a value for a number or a date does harm: it is a key, not prose.
    var isKey: Bool {
        switch self {
        case .customer, .installation, .profile, .timeZone, .identity, .site, .term, .price: true
        default: false
        }
    }

    /// All columns in the order in which a file has them.
    ///
    /// - Parameter adapters: Whose fields there are columns for.
    static func all(for adapters: [AdapterDescriptor]) -> [PortfolioColumn] {
        var columns: [PortfolioColumn] = [
            .customer, .customerName, .timeZone, .customerNotes, .installation, .name, .profile,
        ]
        for field in adapters.flatMap(\.identity) where !columns.contains(.identity(field.name)) {
            columns.append(.identity(field.name))
        }
        for field in adapters.flatMap(\.site) where !columns.contains(.site(field.name)) {
            columns.append(.site(field.name))
        }
        return columns + [.term, .price, .owner, .emergencyPlan, .notes]
    }

    /// What a person has to know of it.
    func described(by adapters: [AdapterDescriptor]) -> PortfolioColumnList.Column {
        let (required, help): (Bool, String) =
            switch self {
            case .customer:
                (true, "The customer's ID: lower-case letters, digits, dots, hyphens and underscores. In every row.")
            case .customerName: (true, "The customer's name; needed where the customer is new.")
            case .timeZone: (true, "The customer's IANA time zone, America/Toronto; needed where the customer is new.")
            case .customerNotes: (false, "Notes on the customer.")
            case .installation:
                (true, "The installation's ID, of the same characters. Empty for a customer without one.")
            case .name: (false, "The name that people know the installation by.")
            case .profile: (true, "The profile's name, as `gatehouse profiles list` shows it.")
            case .identity(let name): Self.described(adapters.flatMap(\.identity).filter { $0.name == name }, "")
            case .site(let name):
                Self.described(
                    adapters.flatMap(\.site).filter { $0.name == name }, " Several values: each on a line of its own.")
            case .term: (false, "For how long it is bought at a time: monthly, annual or 3-year.")
            case .price: (false, "What a term costs, with a point and the currency: 1200.00 EUR.")
            case .owner: (false, "Who is responsible for it.")
            case .emergencyPlan: (false, "What to do when it fails and nobody can be asked.")
            case .notes: (false, "Anything else.")
            }
        return PortfolioColumnList.Column(name: title, required: required, help: help)
    }

    private static func described(_ fields: [Field], _ more: String) -> (Bool, String) {
        guard let field = fields.first else { return (false, more) }
        let secret = field.secret ? " Secret: an export leaves it empty." : ""
        return (fields.contains(where: \.required), "\(field.title). \(field.help)\(secret)\(more)")
    }
}
