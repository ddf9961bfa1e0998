/// One small step of completing a delivery. A killed process may stop behind any of them; completing or
/// undoing the plan again goes on from what is there.
enum DeliveryStep: Hashable, Sendable {
    /// Copies an adopted file aside for good. A number is the file's place in the plan.
    case keepOriginal(Int)
    /// Gives the file that is to be replaced a second name in Gatehouse's folder.
    case keepOld(Int)
    /// Writes the new file in Gatehouse's folder.
    case stage(Int)
    /// Makes the staged file's contents last.
    case flush(Int)
    /// Makes what is kept last, before anything is replaced.
    case flushHouse(Int)
    /// Moves the staged file over its destination: from here on the delivery is completed or undone.
    case replace(Int)
    /// Lets the file that was replaced take the place of the previous one.
    case promote(Int)
    /// Makes what was moved in a folder last.
    case flushFolder(Int)
    /// Reads the destination back.
    case verify(Int)
    /// Removes what the operation needs no more.
    case clean(Int)

    /// The step's kind and number, `replace(0)`, as logs and crash tests name it.
    var label: String { "\(self)" }
}
