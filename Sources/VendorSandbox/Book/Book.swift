import AdapterKit
import MarkedText
import MarkedYAML

/// The vendors that can be stood in for.
private let standIns: [any StandIn.Type] = [
    Sage100StandIn.self, Sage200StandIn.self, Sage300StandIn.self, PerpetualStandIn.self, POSStandIn.self,
]

/// What the vendors know of their customers, as one version of the book says it.
struct Book: Sendable {
    /// Every vendor, by its name; those that the book does not speak of know nobody.
    private(set) var vendors: [String: Vendor] = [:]

    /// One vendor of the book.
    struct Vendor: Sendable {
        let standIn: any StandIn
        let fault: Fault?
        let endpoints: [Endpoint]
    }

    /// How a book is read.
    ///
    /// - Parameters:
    ///   - previous: The version before, from which is known what changed.
    ///   - now: The stand-in's time.
    static func shape(after previous: Book?, at now: Instant) -> Shape<Book> {
        .mapping { fields in
            var found: [any StandIn] = []
            for type in standIns {
                func read<Vendor: StandIn>(_ type: Vendor.Type) {
                    let previous = previous?.vendors[type.name]?.standIn as? Vendor
                    found.append(fields.optional(type.name, type.shape(after: previous, at: now)) ?? type.init())
                }
                read(type)
            }
            let faults = fields.optional("faults", faultsShape, default: [:])
            var book = Book()
            for standIn in found {
                let name = type(of: standIn).name
                book.vendors[name] = Vendor(standIn: standIn, fault: faults[name], endpoints: standIn.endpoints)
            }
            return book
        }
    }

    private static var faultsShape: Shape<[String: Fault]> {
        .mapping { fields in
            var faults: [String: Fault] = [:]
            for type in standIns { faults[type.name] = fields.optional(type.name, Fault.shape) }
            return faults
        }
    }

    /// Reads the file of a book.
    ///
    /// - Throws: `DiagnosticsError` with everything that is wrong with it.
    init(path: String, after previous: Book?, at now: Instant) throws(DiagnosticsError) {
        self = try MarkedYAML.parse(path: path).read(Self.shape(after: previous, at: now))
    }

    private init() {}
}
