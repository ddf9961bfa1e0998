import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import GatewayTransport
import Testing

@testable import GatewayCore

/// A call that no gateway knows.
private struct UnknownCall: GatewayCall {
    typealias Answer = Int
    static let name = "coffee.make"
}

@Suite("What a call's errors look like")
struct ErrorMappingTests {
    @Test("A call that the gateway does not know is refused by its name")
    func unknown() async throws {
        try await GatewayFixture.with { fixture in
            try await fixture.withGateway([]) { gateway in
                let error = await callError { _ = try await gateway.perform(UnknownCall()) }
                #expect(error?.code == .invalid && error?.message.contains("coffee.make") == true)
            }
        }
    }

    @Test("Every error becomes one of the few that callers know, with its own words")
    func mapping() {
        let rows: [(any Error, CallError.Code)] = [
            (CallError(.forbidden, "words"), .forbidden),
            (StoreError(.exists, "words"), .conflict), (StoreError(.notFound, "words"), .notFound),
            (StoreError(.corrupt, "words"), .failed), (StoreError(.tooNew, "words"), .failed),
            (StoreError(.cannotOpen, "words"), .failed), (StoreError(.cannotWrite, "words"), .failed),
            (AdapterError(.unreachable, "words"), .unreachable), (AdapterError(.rejected, "words"), .failed),
            (AdapterError(.untrusted, "words"), .failed), (SealError(message: "words"), .failed),
            (TransportError(code: .other, host: "", message: "words"), .failed),
        ]
        for (error, code) in rows {
            #expect(Gateway.callError(error) == CallError(code, "words"), "\(error)")
        }
        #expect(Gateway.callError(DeliveryError(.noSpace, "/p", "the words")) == CallError(.failed, "The words."))
        #expect(Gateway.callError(DeliveryError(.io, "/p", "/p is full")) == CallError(.failed, "/p is full."))
        #expect(Gateway.callError(CancellationError()).code == .cancelled)
    }

    @Test("A store that can't be opened is told before anything else happens")
    func store() async throws {
        try await GatewayFixture.with { fixture in
            try Data("no store".utf8).write(to: URL(filePath: fixture.folder + "/taken"))
            let error = #expect(throws: CallError.self) {
                try Gateway(
                    GatewayConfiguration(
                        store: fixture.folder + "/taken/gatehouse.db", profiles: [], deliveryRoots: [],
                        environment: [:]), registry: AdapterRegistry([]))
            }
            #expect(error?.code == .failed && error?.message.contains("--store") == true)
        }
    }

    @Test("Errors travel: they read back from JSON as they were", arguments: CallError.Code.allCases)
    func codable(_ code: CallError.Code) throws {
        let error = CallError(code, "words")
        #expect(try JSONDecoder().decode(CallError.self, from: JSONEncoder().encode(error)) == error)
    }
}
