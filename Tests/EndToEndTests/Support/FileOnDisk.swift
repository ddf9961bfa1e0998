import Foundation
import Glibc
import Synchronization

/// A file as it is at a moment, with what shows that it was touched.
struct FileOnDisk: Hashable, Sendable {
    var bytes: [UInt8]
    var inode: UInt
    var seconds: Int
    var nanoseconds: Int

    /// Nil where there is none.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0, let data = FileManager.default.contents(atPath: path) else { return nil }
        bytes = Array(data)
        inode = UInt(status.st_ino)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The names in a folder; none where there is no folder.
    static func names(in folder: String) -> Set<String> {
        Set((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    }
}

/// Looks at a file all the time, as the product that reads it might, and keeps every content it ever had.
final class Watcher: Sendable {
    private struct State {
        var contents: Set<[UInt8]?> = []
        var isOver = false
        var looks = 0
    }

    private let state = Mutex(State())

    init(_ path: String) {
        Thread.detachNewThread { [self] in
            while !state.withLock({ $0.isOver }) {
                let bytes = FileManager.default.contents(atPath: path).map { Array($0) }
                state.withLock {
                    $0.contents.insert(bytes)
                    $0.looks += 1
                }
                poll(nil, 0, 1)
            }
        }
    }

    /// Ends the looking.
    ///
    /// - Returns: Every content that was seen, nil for no file, and how often it was looked at.
    func end() -> (contents: Set<[UInt8]?>, looks: Int) {
        state.withLock {
            $0.isOver = true
            return ($0.contents, $0.looks)
        }
    }
}
