import Testing

@testable import GatewayStore

@Suite("Counts in columns")
struct SeatCounterTests {
    @Test(
        "Counts read back as they were written",
        arguments: [
            "", "users=5,1,0,7,2,0", "users=5,1,0,7,2,0;module:GL=3,0,0,4,0,0",
            "named=0,0,25,0,0,0;users=0,0,0,0,0,0", "web_Users-2.0=999999999999,0,0,999999999999,0,0",
        ])
    func counters(_ column: String) throws {
        let counters = try PoolCounters(nextEnd: 77, hour: 12, column: column)
        #expect(counters.column == column)
        #expect(counters.nextEnd == 77 && counters.hour == 12 && counters.isStored)
    }

    @Test("What a count is made of stands at its place")
    func places() throws {
        let counters = try PoolCounters(nextEnd: 0, hour: 0, column: "a=1,2,3,4,5,6;module:GL=7,0,0,8,0,0")
        let counts = counters["a"]
        #expect(counts.inUse == 1 && counts.administrators == 2 && counts.assigned == 3)
        #expect(counts.peak == 4 && counts.denials == 5 && counts.over == 6)
        #expect(counters[PoolCounters.module("GL")].inUse == 7)
        #expect(counters["b"] == PoolCounters.Counts())
    }

    @Test(
        "Counts that can't be read are told as damage: read as less they would let too many in",
        arguments: [
            "users", "users=", "users=5", "users=5,1,0,7,2", "users=5,1,0,7,2,0,1", "users=x,1,0,7,2,0",
            "users=-5,1,0,7,2,0", "users=5,,0,7,2,0", "users=5,1,0,7,2,", "=5,1,0,7,2,0", "users=5,1,0,7,2,0;;",
            "users=5,1,0,7,2,0;web", "users=9999999999999,1,0,7,2,0", "users=5 1 0 7 2 0", ";",
        ])
    func damaged(_ column: String) {
        let error = #expect(throws: StoreError.self) { try PoolCounters(nextEnd: 0, hour: 0, column: column) }
        #expect(error?.code == .corrupt && error?.message.contains(column) == true)
    }

    @Test("A day's hours read back as they were written, whatever they are")
    func hours() {
        var random = Seeded(1)
        for _ in 1...2000 {
            let empty = random.number(0...100)
            let hours = (0..<24).map { _ in
                random.happens(empty) ? 0 : random.number(1...(random.happens(10) ? 9_999_999 : 40))
            }
            let text = HourlyColumn.write(hours)
            #expect(HourlyColumn.read(text) == hours, "\(text)")
            #expect(HourlyColumn.peak(text) == hours.max())
        }
    }

    @Test(
        "A day's hours are short: runs, each with the hour that it begins at",
        arguments: [
            ("", [:]), ("0:1", [0: 1]), ("23:9", [23: 9]), ("8:3,5,7 20:1", [8: 3, 9: 5, 10: 7, 20: 1]),
            ("0:1 2:1", [0: 1, 2: 1]),
        ] as [(String, [Int: Int])])
    func form(_ text: String, _ numbers: [Int: Int]) {
        let hours = (0..<24).map { numbers[$0] ?? 0 }
        #expect(HourlyColumn.write(hours) == text)
        #expect(HourlyColumn.read(text) == hours)
    }

    @Test(
        "Hours that can't be read count as none, and take nothing else along",
        arguments: ["x", "24:5", "8", ":", "8:", "99999999999999999999:1", "8:3 :", "-1:3"])
    func garbage(_ text: String) {
        #expect(HourlyColumn.read(text).allSatisfy { (0...3).contains($0) })
        #expect(HourlyColumn.read(text + " 20:7")[20] == 7)
    }
}
