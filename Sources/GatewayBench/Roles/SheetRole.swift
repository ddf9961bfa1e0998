import ArgumentParser
import Foundation

/// Writes the invented portfolio as a spreadsheet.
struct SheetRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "role-write-sheet", shouldDisplay: false)

    @Option var file: String
    @Option var installations: Int
    /// Is part of every serial number.
    @Option var release: Int

    func run() async throws {
        let report = try await RoleReport.measuring(installations) {
            var text =
                "customer,customerName,timeZone,installation,profile,identity.clientID,identity.clientName,"
                + "identity.serialNumber,site.sharedData,term,price\r\n"
            for number in 0..<installations {
                let customer = number / LoadPortfolio.perCustomer
                text += "\(LoadPortfolio.customerID(customer)),Customer \(customer),"
                text += "\(LoadPortfolio.zones[customer % LoadPortfolio.zones.count]),"
                text += "\(LoadPortfolio.installationID(number)),\(LoadPortfolio.profile),load-\(number),"
                text += "\"Load & Sons, No. \(number)\",SCX\(release)-\(number),"
                text += "/srv/sites/\(LoadPortfolio.site(number)),annual,\(number % 5000).00 CAD\r\n"
            }
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        }
        try report.print()
    }
}
