import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore
import MarkedCSV

extension ExportPortfolio: PerformedCall {
    func perform(in context: CallContext) async throws -> PortfolioSheet {
        if let customer { _ = try await ShowCustomer(id: customer).perform(in: context) }
        let inUse = try await context.store.installationsByProfile(in: context.scope)
        let adapters = context.gateway.registry.all.map(\.descriptor)
        let protocols = Set(inUse.keys.compactMap { context.gateway.profiles.profiles[$0]?.protocolName })
        let columns = PortfolioColumn.all(
            for: protocols.isEmpty ? adapters : adapters.filter { protocols.contains($0.protocolName) })
        return try await context.store.readPortfolio { batch in
            var sheet = ExportedSheet(self, columns, context.gateway)
            try sheet.write(&batch, in: context.scope)
            return PortfolioSheet(
                contents: Data(sheet.bytes), customers: sheet.customers, installations: sheet.installations)
        }
    }
}

/// A portfolio as it is written into a spreadsheet: a row for each installation, and one for each customer without any.
private struct ExportedSheet {
    private let call: ExportPortfolio
    private let columns: [PortfolioColumn]
    private let gateway: Gateway
    private var writer: CSVWriter
    /// The fields that are not secret, by profile.
    private var open: [String: Set<String>] = [:]
    private(set) var customers = 0
    private(set) var installations = 0

    init(_ call: ExportPortfolio, _ columns: [PortfolioColumn], _ gateway: Gateway) {
        self.call = call
        self.columns = columns
        self.gateway = gateway
        writer = CSVWriter(separator: .init(call.separator))
        writer.row(columns.map(\.title))
    }

    var bytes: [UInt8] { writer.bytes }

    mutating func write(_ batch: inout PortfolioBatch, in scope: Scope) throws {
        // Both come in the order of the customers' IDs.
        var rest = try batch.customers(in: scope, customer: call.customer)[...]
        customers = rest.count
        var current: CustomerColumns?
        try batch.eachInstallation(in: scope, customer: call.customer) { installation in
            while current?.id != installation.customer, let next = rest.popFirst() {
                current = next
                if next.id != installation.customer { put(next, nil) }
            }
            guard let customer = current else {
                throw StoreError(.corrupt, "The customer \(installation.customer) is missing.")
            }
            put(customer, installation)
            installations += 1
        }
        while let next = rest.popFirst() { put(next, nil) }
    }

    private mutating func put(_ customer: CustomerColumns, _ installation: InstallationColumns?) {
        for column in columns {
            let value: String
            switch column {
            case .customer: value = customer.id
            case .customerName: value = customer.name
            case .timeZone: value = customer.timeZone
            case .customerNotes: value = customer.notes
            case .identity(let name):
                // What is secret never leaves the store; an import leaves an empty cell as it is on record.
                value = installation.map { isOpen(name, $0.profile) ? $0.text(column) : "" } ?? ""
            default: value = installation?.text(column) ?? ""
            }
            writer.cell(call.plain ? value : CellGuard.write(value))
        }
        writer.endRow()
    }

    /// Whether a field is not secret. Where the profile or its adapter is gone, nothing says so.
    private mutating func isOpen(_ field: String, _ profile: String) -> Bool {
        if let known = open[profile] { return known.contains(field) }
        let fields = gateway.profiles.profiles[profile].flatMap {
            gateway.registry.adapter(for: $0.protocolName)?.descriptor.identity
        }
        let found = Set((fields ?? []).filter { !$0.secret }.map(\.name))
        open[profile] = found
        return found.contains(field)
    }
}

extension PortfolioTemplate: PerformedCall {
    func perform(in context: CallContext) async throws -> PortfolioColumnList {
        let adapters =
            try profile.map { try [context.gateway.profileAndAdapter($0).1.descriptor] }
            ?? context.gateway.registry.all.map(\.descriptor)
        let columns = PortfolioColumn.all(for: adapters)
        var writer = CSVWriter(separator: .init(separator))
        writer.row(columns.map(\.title))
        return PortfolioColumnList(
            columns: columns.map { $0.described(by: adapters) }, contents: Data(writer.bytes))
    }
}

extension CSVWriter {
    fileprivate mutating func row(_ cells: [String]) {
        for text in cells { cell(text) }
        endRow()
    }
}

extension CSVWriter.Separator {
    fileprivate init(_ separator: PortfolioSheet.Separator) {
        switch separator {
        case .comma: self = .comma
        case .semicolon: self = .semicolon
        case .tab: self = .tab
        }
    }
}
