import Foundation

/// Makes something of many things on all cores, in their order.
enum SideBySide {
    /// Writes the bytes of each to standard output.
    static func write<Item: Sendable>(_ items: [Item], _ bytes: @escaping @Sendable (Item) -> [UInt8]) async {
        await make(items, bytes) { Console.write($0) }
    }

    /// Makes something of each, and hands it over. Only as many as there are cores are made at once, so that memory
    /// stays bounded.
    static func make<Item: Sendable, Made: Sendable>(
        _ items: [Item], _ make: @escaping @Sendable (Item) -> Made, _ body: (Made) -> Void
    ) async {
        let width = 2 * max(1, ProcessInfo.processInfo.activeProcessorCount)
        await withTaskGroup(of: (Int, Made).self) { tasks in
            var started = 0
            var handed = 0
            var early: [Int: Made] = [:]
            while handed < items.count {
                while started < items.count, started < handed + width {
                    let number = started
                    tasks.addTask { (number, make(items[number])) }
                    started += 1
                }
                if let (number, made) = await tasks.next() { early[number] = made }
                while let made = early.removeValue(forKey: handed) {
                    body(made)
                    handed += 1
                }
            }
        }
    }
}
