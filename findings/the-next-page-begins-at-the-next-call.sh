#!/usr/bin/env bash
# 250 calls of Vonage become 15,100 rows where each page leads to the next one as its package says.
#
# Version: vonage-voice 1.5.1 in vonage 4.9.1.
#
# Behaviour: `list_calls` gives a page of calls, and the `record_index` at which the next page is to be asked for.
# An index counts calls: that of a page is the one of its first call, and the platform's answer has a link to the next
# page that is a page's length further. The package does not read the link; it adds 1. So the second page is the first
# without its first call, and a hundred requests later the first call of the second hundred comes first. All calls are
# there at the end, so that nothing is missed, and no error is raised.
#
# Where it would be met: in a nightly script that fetches the calls of a day, and counts rows: sixty times the calls,
# the minutes and the cost here, and the more the longer the pages are. A record that comes again under its id changes
# nothing here.
#
# Output seen: see `expected` below. The script fails where it becomes another one. Nothing is sent.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    vonage==4.9.1 vonage-voice==1.5.1 vonage-http-client==1.5.2 requests==2.34.2 pydantic==2.12.5

cat > "$folder/pages.py" <<'PYTHON'
from vonage_voice import ListCallsFilter, Voice

LINE = {"type": "phone", "number": "15550100001"}
CALL = {
    "conversation_uuid": "conversation",
    "from": LINE,
    "to": LINE,
    "status": "completed",
    "direction": "outbound",
    "duration": "60",
    "_links": {"self": {"href": "/v1/calls/one"}},
}
CALLS = [{**CALL, "uuid": f"call-{number}"} for number in range(250)]
links = []


class Platform:
    """Answers as the platform does: pages by the index of their first call, each with links."""

    api_host = "nowhere"

    def get(self, _host, path, params):
        first, size = params.get("record_index", 0), params["page_size"]
        found = {"self": {"href": f"{path}?page_size={size}&record_index={first}"}}
        if first + size < len(CALLS):
            found["next"] = {"href": f"{path}?page_size={size}&record_index={first + size}"}
            links.append(found["next"]["href"])
        return {
            "count": len(CALLS),
            "page_size": size,
            "record_index": first,
            "_links": found,
            "_embedded": {"calls": CALLS[first : first + size]},
        }


voice = Voice(Platform())
rows, steps = [], [0]
while steps[-1] is not None:
    calls, following = voice.list_calls(ListCallsFilter(page_size=100, record_index=steps[-1]))
    rows += calls
    steps.append(following)

seen = {
    "link of the first page": links[0],
    "pages asked for": steps[:4],
    "how many": len(steps) - 1,
    "rows": len(rows),
    "calls": len({call.uuid for call in rows}),
    "minutes": sum(int(call.duration) for call in rows) // 60,
}
expected = {
    "link of the first page": "/v1/calls?page_size=100&record_index=100",
    "pages asked for": [0, 1, 2, 3],
    "how many": 151,
    "rows": 15_100,
    "calls": 250,
    "minutes": 15_100,
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/pages.py"
