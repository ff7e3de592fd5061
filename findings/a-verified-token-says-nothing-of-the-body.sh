#!/bin/sh
# A webhook whose body was changed still "was sent by Vonage".
#
# vonage_jwt 1.1.5: `verify_signature(token, secret)` is described as verifying that "an incoming JWT was
# sent by Vonage". It checks the token alone: neither does it take the body, nor does it look at the
# claim `payload_hash`, which has the SHA-256 of it. So any body goes with a token that was seen once,
# and as the tokens of webhooks have no `exp`, for good. Whoever receives webhooks must compare the
# claim with the hash of the raw body, and `iat` with the clock, on his own.
#
# Exits with 0 as long as that is so.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check vonage-jwt==1.1.5 pyjwt==2.15.0
"$folder/venv/bin/python" - <<'PYTHON'
import hashlib
import inspect

import jwt
from vonage_jwt import verify_jwt

secret = "a signature secret of at least 32 bytes"
body = b'{"status": "completed", "price": "0.01"}'
claims = {
    "iss": "Vonage",
    "iat": 1_500_000_000,
    "jti": "1",
    "payload_hash": hashlib.sha256(body).hexdigest(),
}
token = jwt.encode(claims, secret, "HS256")
parameters = list(inspect.signature(verify_jwt.verify_signature).parameters)
print("takes:", parameters)
assert parameters == ["token", "signature_secret"]
assert verify_jwt.verify_signature(token, secret) is True
claims["payload_hash"] = "of nothing at all"
assert verify_jwt.verify_signature(jwt.encode(claims, secret, "HS256"), secret) is True
assert verify_jwt.verify_signature(token, "another " + secret) is False
PYTHON
