import CLinux
import Foundation

/// What the system knows of a file.
struct FileStatus: Hashable, Sendable {
    /// Which disk it lies on, and where there.
    let device, inode: UInt64
    /// Its size in bytes.
    let size: Int64
    /// When it was last written to, in nanoseconds since 1970.
    let modified: Int64
    /// Its kind and permissions, as `st_mode` has them.
    let mode: UInt32
    /// The numbers of the user and the group that it belongs to.
    let owner, group: UInt32

    /// Of an open file.
    init(of descriptor: CInt) throws(SystemFailure) {
        var status = gatehouse_status()
        try SystemFailure.check { gatehouse_status_of(descriptor, &status) }
        self.init(status)
    }

    /// Of an entry of an open folder, a symbolic link itself and not what it points at.
    init(of name: String, in folder: CInt) throws(SystemFailure) {
        var status = gatehouse_status()
        try SystemFailure.check { gatehouse_status_at(folder, name, &status) }
        self.init(status)
    }

    /// Of what stands at a path; nil where nothing does, or it can't be looked at.
    init?(path: String) {
        var status = gatehouse_status()
        guard gatehouse_status_path(path, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: gatehouse_status) {
        device = status.device
        inode = status.inode
        size = status.size
        modified = status.modified
        mode = status.mode
        owner = status.owner
        group = status.group
    }

    /// What kind of file it is: `S_IFREG`, `S_IFLNK`, …
    var kind: UInt32 { mode & 0o170000 }
}
