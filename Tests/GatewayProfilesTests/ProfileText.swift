import AdapterKit
import Foundation
import GatewayProfiles
import MarkedText
import MarkedYAML
import POSToken
import Recorded
import Sage100
import Sage200
import Sage300

/// Texts of profiles, in which `‸` stands before each place at which something is wrong.
enum ProfileText {
    /// A profile in which nothing is wrong.
    static let good = """
        name: sample
        product: Sample Product
        protocol: subscription
        where: Help > About
        vendor:
          address: https://licensing.example.com
          path: /sample
          keys:
            first: A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=
        refresh:
          every: 14d
        deliver:
          entitlements: "{site.sharedData}/entitlements.xml"
        dateFormat: dd/MM/yyyy
        countdowns:
          subscription:
            from: [expires, vendorExpired]
            stages:
              - { at: 0d, level: grace, label: Expired, message: "{product} is read-only in {daysToLoss}." }
              - { at: 45d, level: restricted }
          modules:
            from: modules.expires
            optional: true
            stages:
              - { at: 0d, level: restricted, message: "{module} has ended." }

        """

    /// The text without its marks, and the places that they mark, as `LINE:COLUMN`.
    static func places(in marked: String) -> (text: String, places: [String]) {
        var places: [String] = []
        let lines = marked.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
            let parts = line.split(separator: "‸", omittingEmptySubsequences: false)
            var column = 1
            for part in parts.dropLast() {
                column += part.unicodeScalars.count
                places.append("\(index + 1):\(column)")
            }
            return parts.joined()
        }
        return (lines.joined(separator: "\n"), places)
    }

    static let reader = reader([:])

    static func reader(_ environment: [String: String]) -> ProfileReader {
        ProfileReader(
            adapters: [
                POSToken().descriptor, Recorded().descriptor, Sage100().descriptor, Sage200().descriptor,
                Sage300().descriptor, Sage300Perpetual().descriptor,
            ], environment: environment)
    }

    static func read(_ text: String, _ environment: [String: String] = [:]) throws -> Profile {
        try reader(environment).read(Array(text.utf8), file: "sample.yaml")
    }

    /// What is wrong with a text.
    static func problems(_ text: String, _ environment: [String: String] = [:]) -> [Diagnostic] {
        do throws(DiagnosticsError) {
            _ = try reader(environment).read(Array(text.utf8), file: "sample.yaml")
            return []
        } catch {
            return error.diagnostics
        }
    }

    /// The repository, from this file on.
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
}
