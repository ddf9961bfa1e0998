#!/bin/sh
# A small portfolio for the stand-in vendor's examples/book.yaml. Everybody in it is invented.
#
#     SITES=/tmp/sites GATEHOUSE_DELIVERY_ROOTS=/tmp/sites sh examples/portfolio.sh
#
# GATEHOUSE names the program, SITES the folder that stands for the customers' file servers.
set -eu
gatehouse=${GATEHOUSE:-gatehouse}
sites=${SITES:?set SITES to a folder that stands for the customers\' file servers}

# CUSTOMER NAME ZONE CLIENT-ID CLIENT-NAME SERIAL
add() {
    mkdir -p "$sites/$1/SharedData"
    "$gatehouse" customers add "$1" --name "$2" --time-zone "$3" --quiet
    "$gatehouse" installations add "$1-sage300" --customer "$1" --profile sage300-subscription --quiet \
        --identity clientID="$4" --identity clientName="$5" --identity serialNumber="$6" \
        --site sharedData="$sites/$1/SharedData"
}

add maple "Maple & Ridge Foods" America/Toronto 30017482 "Maple & Ridge Foods Ltd." SCX26-0417-88213
add harbour "Harbour Light Marine" America/Halifax 30017519 "Harbour Light Marine Supply Inc." SCX26-0422-10467
add cedar "Cedar Point Dental" America/Chicago 30018260 "Cedar Point Dental Group" SCX26-0440-31895
add oldmill "Old Mill Textiles" America/New_York 30018377 "Old Mill Textiles LLC" SCX26-0446-60914
add summit "Summit Trail Outfitters" America/Denver 30018512 "Summit Trail Outfitters" SCX26-0453-29340
# Has the serial number of the release before: the vendor refuses it and names the current release.
add northfield "Northfield Grain" America/Winnipeg 30018744 "Northfield Grain Cooperative" SCX25-0463-90012
add lakeshore "Lakeshore Optics" America/Chicago 30018901 "Lakeshore Precision Optics" SCX26-0471-42206

# Sage 200, which needs no site: its licence is not delivered.
"$gatehouse" customers add wharfedale --name "Wharfedale Joinery" --time-zone Europe/London --quiet
"$gatehouse" installations add wharfedale-sage200 --customer wharfedale --profile sage200-online --quiet \
    --identity accountNumber=A1042207 --identity serialNumber=2000-7F31-0042-K

# On premise, with or without a way to the Internet.
"$gatehouse" customers add tamar --name "Tamar Valley Foods" --time-zone Europe/London --quiet
"$gatehouse" installations add tamar-sage200 --customer tamar --profile sage200-on-premise --quiet \
    --identity accountNumber=A1057730 --identity serialNumber=2000-91C4-0007-K
# Of a vendor that no machine may ask: a person looks it up, and records it.
"$gatehouse" installations add tamar-office --customer tamar --profile sage200-by-hand --quiet \
    --identity accountNumber=A1057730 --identity serialNumber=2000-91C4-0012-D

# Sage 100, whose registration file goes to the server and to two terminal servers.
granite="$sites/granite"
mkdir -p "$granite/server/MAS90/Home/Lib/Keys" "$granite/ts1/MAS90/Home/Lib" "$granite/ts2/MAS90/Home/Lib"
"$gatehouse" customers add granite --name "Granite State Fasteners" --time-zone America/New_York --quiet
"$gatehouse" customers contacts add granite --role support --name "Merrimack Business Systems" --phone 603-555-0100 --quiet
"$gatehouse" installations add granite-sage100 --customer granite --profile sage100-subscription --quiet \
    --identity customerNumber=4000217743 --identity serialNumber=1047733 --site server="$granite/server" \
    --site terminalServers="ts1:$granite/ts1" --site terminalServers="ts2:$granite/ts2"

# POS: the servers in the cloud, at the head office and at a store, each licensed by a code that a person types
# (gatehouse authorize).
for server in cloud hq front; do
    "$gatehouse" installations add "maple-pos-$server" --customer maple --profile pos-token --quiet
done

# Products that have no server to ask: what is licensed is recorded (gatehouse record).
"$gatehouse" installations add harbour-autodesk --customer harbour --profile autodesk --quiet
"$gatehouse" installations add lakeshore-crm --customer lakeshore --profile sage-crm --quiet
