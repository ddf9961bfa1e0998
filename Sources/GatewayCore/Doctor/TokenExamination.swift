import GatewayAPI
import GatewayStore

// What an examination finds of the licenses that live on tokens.
extension Examination {
    func tokens(_ store: StoreExamination) -> [Finding] {
        check(.tokens) {
            let findings = try store.licensesToAcquire().map { installation, why in
                Finding(
                    .tokens, .warning, "The license of \(installation) must be acquired again. \(why)",
                    place: installation, advice: "gatehouse authorize \(installation)")
            }
            return findings.isEmpty
                ? [Finding(.tokens, .ok, "No license has to be acquired again.")] : Self.shortened(findings)
        }
    }
}
