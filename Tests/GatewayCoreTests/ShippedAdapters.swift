import AdapterKit
import POSToken
import Recorded
import Sage100
import Sage200
import Sage300

/// The adapters that the program is built with: without one of them its profiles would be broken ones.
let shippedAdapters = [
    AnyAdapter(POSToken()), AnyAdapter(Recorded()), AnyAdapter(Sage100()), AnyAdapter(Sage200()), AnyAdapter(Sage300()),
    AnyAdapter(Sage300Perpetual()),
]
