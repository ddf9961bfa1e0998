import AdapterKit
import Sage200
import VendorFormats

extension FuzzedReader {
    private static let facts = Facts(
        operation: "019abc60-1f80-7b52-8c3d-6e9f01a2b3c4", now: Instant(milliseconds: 1_795_341_720_000),
        nonce: "0b6e2f4c8a1d3957e0c4b2a69f817d53",
        identity: ["accountNumber": "A1042207", "serialNumber": "2000-7F31-0042-K"])

    /// The entitlement files of Sage 200 that people bring, as the adapter reads them once their signature was found
    /// right: a vendor's own mistakes, then. Bytes without a signature are taken for what would be signed.
    static func entitlement(_ bytes: [UInt8]) -> String? {
        let adapter = Sage200()
        let payload = (try? SignedDocument(bytes)).map { Array($0.payload) } ?? bytes
        let response = Response(status: 200, body: payload, document: bytes)
        do throws(AdapterError) {
            let state = try adapter.request(facts).state
            let brought = Brought(documents: ["entitlement": response])
            guard
                case .finish(.updated(let grant)) = try adapter.resume(state, with: .brought(brought), facts: facts)
                    .step
            else { return "it ended with something else than a grant" }
            return problem(with: grant)
        } catch {
            guard [.malformed, .rejected, .conflict].contains(error.code) else { return "refused as \(error.code)" }
            guard (1...4096).contains(error.message.utf8.count) else { return "refused in no sentence" }
            guard isPlain(error.message) else { return "the refusal holds a control character" }
            let isField = error.field.map { facts.identity[$0] != nil }
            return isField == (error.code == .rejected ? true : nil) ? nil : "refused for \(error.field ?? "no field")"
        }
    }

    private static func problem(with grant: Grant) -> String? {
        let entitlement = grant.entitlement
        guard (1...128).contains(grant.revision.utf8.count), isPlain(grant.revision) else { return "a bad revision" }
        guard Set(grant.attestation.subject.keys) == Set(facts.identity.keys),
            grant.attestation.subject.values.allSatisfy({ (1...512).contains($0.utf8.count) && isPlain($0) })
        else { return "it is for \(grant.attestation.subject)" }
        guard case .day(let from)? = entitlement.dates["validFrom"],
            case .day(let last)? = entitlement.dates["validTo"],
            from <= last, entitlement.dates.count == 2
        else { return "it lacks its days, or ends before it begins" }
        guard entitlement.seats.map(\.name) == ["users", "webUsers"],
            entitlement.seats.allSatisfy({ (0...1_000_000).contains($0.count) })
        else { return "its seats are \(entitlement.seats)" }
        let codes = entitlement.modules.map(\.code)
        guard codes.count <= 200, Set(codes.map { Array($0.utf8) }).count == codes.count,
            codes.allSatisfy({ (1...32).contains($0.utf8.count) && isPlain($0) })
        else { return "its modules are \(codes)" }
        guard entitlement.details.values.allSatisfy({ $0.utf8.count <= 512 && isPlain($0) }) else {
            return "a detail is too long, or holds a control character"
        }
        return grant.files.isEmpty && !entitlement.isUnverified ? nil : "it brings files, or nobody proved it"
    }

    private static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 32 && !(127...159).contains($0.value) }
    }
}
