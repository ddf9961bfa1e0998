/// A step from one level to another that stayed: a branch that joined, a department that left.
public struct LevelShift: Hashable, Sendable {
    /// The first day of the week with which the new level begins, in days since 1970-01-01.
    public let dayNumber: Int
    /// Seats more, or less where negative, than growth and season explain.
    public let seats: Double
}
