import Synchronization

@testable import GatewayCore

/// An owner's lock that stands for another process, which ends when the test says so.
final class OtherProcess: Sendable {
    private let owner: Mutex<OwnerLock?>
    let id: String

    init(folder: String) throws {
        let owner = try OwnerLock(folder: folder)
        id = owner.id
        self.owner = Mutex(owner)
    }

    func end() { owner.withLock { $0 = nil } }
}
