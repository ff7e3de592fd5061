#!/usr/bin/env bash
# A signature made for a moment in a local time zone is refused by the library that made it.
#
# Version: standardwebhooks 1.1.0.
#
# Behaviour: `Webhook.sign` takes the moment as a datetime, and puts UTC in the place of the zone that it has: for
# ten o'clock in Berlin it signs ten o'clock UTC. The header `webhook-timestamp` is written by the caller, as the
# seconds of the same datetime. Text and signature then have different seconds, and `verify` says "No matching
# signature found". The same holds of `datetime.now()` on a machine whose zone is not UTC. svix 2.9.1 signs by it too.
#
# Where it would be met: by who sends webhooks that are signed so, from March to October in London, where it works in
# winter. Notices of alerts are signed here over the whole seconds that stand in the header.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    standardwebhooks==1.1.0 svix==2.9.1

cat > "$folder/signed.py" <<'PYTHON'
from datetime import UTC, datetime, timedelta, timezone

import standardwebhooks
import svix

SECRET = "whsec_" + "bm90IGEgc2VjcmV0IG9mIGFueW9uZQ=="
BODY = '{"type": "alert.fired"}'


def accepted(library, at):
    webhook = library.Webhook(SECRET)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": webhook.sign("msg_1", at, BODY),
    }
    try:
        webhook.verify(BODY, headers)
    except library.WebhookVerificationError as error:
        return str(error)
    return "accepted"


now = datetime.now(UTC)
summer = now.astimezone(timezone(timedelta(hours=1), "BST"))
assert now == summer
seen = {
    "standardwebhooks, UTC": accepted(standardwebhooks, now),
    "standardwebhooks, BST": accepted(standardwebhooks, summer),
    "svix, UTC": accepted(svix.webhooks, now),
    "svix, BST": accepted(svix.webhooks, summer),
}
expected = {
    "standardwebhooks, UTC": "accepted",
    "standardwebhooks, BST": "No matching signature found",
    "svix, UTC": "accepted",
    "svix, BST": "No matching signature found",
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/signed.py"
