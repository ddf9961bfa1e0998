/// Gatehouse's own folder beside a destination, and the names of what it keeps there.
///
/// Beside and not elsewhere, because a file can be moved over another only on one filesystem; in a folder of
/// its own, readable by nobody else, so that the product never meets half a file or an old one.
struct House: Sendable {
    /// The folder's name.
    static let name = ".gatehouse"

    /// The destination's own name.
    let file: String
    /// The operation's ID.
    let operation: String

    /// The new file, until it is moved to its destination.
    var staged: String { "\(file).\(operation).new" }
    /// The file that stood there, until every file of the operation is in its place.
    var old: String { "\(file).\(operation).old" }
    /// A copy in the making.
    var copy: String { "\(file).\(operation).copy" }
    /// The one before, until the next delivery.
    var previous: String { "\(file).previous" }
    /// A file that Gatehouse found and did not write, for good. Should it happen again with another file, that
    /// one is numbered.
    func original(_ number: Int) -> String { number == 1 ? "\(file).original" : "\(file).original.\(number)" }

    /// What an operation leaves behind only where it was cut short.
    var leftovers: [String] { [staged, old, copy] }

    /// Whether an operation's ID can be part of a file's name. It holds no dot, or two names could meet.
    static func isUsable(operation: String) -> Bool {
        (1...longestOperation).contains(operation.utf8.count)
            && operation.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// In bytes: with ``Destination/longestName`` and the two dots and `copy`, within the system's 255.
    private static let longestOperation = 49
}
