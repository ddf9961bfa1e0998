import AdapterKit
import GatewayStore
import Testing

@Suite("Seats in a column")
struct SeatColumnTests {
    @Test(
        "What is written reads the same",
        arguments: [
            [], [("users", 25)], [("webUsers", 5), ("users", 25)], [("users", 0)], [("Büro", 1_000_000)],
        ] as [[(String, Int)]])
    func roundTrip(_ seats: [(String, Int)]) {
        let pools = seats.map { Entitlement.SeatPool(name: $0.0, count: $0.1) }
        #expect(SeatColumn.read(SeatColumn.write(pools)) == pools)
    }

    @Test("It is written for SQL to search and people to read")
    func form() {
        let seats = [Entitlement.SeatPool(name: "users", count: 25), Entitlement.SeatPool(name: "webUsers", count: 5)]
        #expect(SeatColumn.write(seats) == "users=25;webUsers=5")
        #expect(SeatColumn.write([]) == "")
    }

    @Test(
        "What is no number of seats is passed over",
        arguments: ["users", "users=", "users=many", ";;", "=", "users=1.5"])
    func garbage(_ text: String) {
        #expect(SeatColumn.read(text) == [])
    }

    @Test("One broken part does not take the others away")
    func mixed() {
        #expect(SeatColumn.read("users=x;webUsers=5;") == [Entitlement.SeatPool(name: "webUsers", count: 5)])
    }
}
