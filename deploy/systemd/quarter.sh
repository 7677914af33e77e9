#!/bin/sh
# quarter.sh CAIFENG: makes this quarter's round (2026Q4) unless it is there, and crawls it until it is finished.
# Environment: UNITS (what `round new --units` takes), WORKERS, CAIFENG_ORGANISATION, CAIFENG_CONTACT.
set -eu
caifeng=$1
conflict=7 # docs/exit-codes.md: the round exists already

today=$(TZ=Asia/Shanghai date +%Y-%m)
month=${today#*-}
round="${today%-*}Q$(((${month#0} + 2) / 3))"

code=0
"$caifeng" round new "$round" --units "$UNITS" --depth 6 || code=$?
if [ "$code" -ne 0 ] && [ "$code" -ne "$conflict" ]; then
	exit "$code"
fi
exec "$caifeng" crawl "$round" --workers "$WORKERS"
