#!/usr/bin/env bash
# An upload to S3 that an exception ends is there afterwards, cut, as if it were whole.
#
# Version: pyarrow 26.0.1, moto 5.2.5.
#
# Behaviour: `with filesystem.open_output_stream(path) as file:` closes the stream when its block raises, and
# to close it completes the upload: the object has as many bytes as came until then. A file system of a disk
# does the same, but there a name can be given at the end; in a bucket there is no renaming. Moreover, to
# delete the last object below a prefix leaves an empty object with the name of the prefix.
#
# Where it would be met: in backups to a bucket. An object whose writing failed is deleted, its name is that of
# its content, and nothing counts before the manifest that is written last.
#
# Output seen: see `expected` below. The script fails where it becomes another one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --quiet --disable-pip-version-check install \
    pyarrow==26.0.1 'moto[s3,server]==5.2.5'

cat > "$folder/upload.py" <<'PYTHON'
import boto3
from moto.server import ThreadedMotoServer
from pyarrow import fs

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
endpoint = "{}:{}".format(*server.get_host_and_port())
known = {"aws_access_key_id": "x", "aws_secret_access_key": "y", "region_name": "us-east-1"}
bucket = boto3.resource("s3", endpoint_url=f"http://{endpoint}", **known).Bucket("kept")
bucket.create()
files = fs.S3FileSystem(
    access_key="x", secret_key="y", region="us-east-1", endpoint_override=endpoint, scheme="http"
)
try:
    with files.open_output_stream("kept/parts/one") as file:
        file.write(b"half of it")
        raise ConnectionError("the source broke off")
except ConnectionError:
    pass


def objects() -> dict[str, int]:
    return {one.key: one.size for one in bucket.objects.all()}


seen = {"after the exception": objects()}
files.delete_file("kept/parts/one")
seen["after deleting it"] = objects()
server.stop()
expected = {
    "after the exception": {"parts/one": 10},
    "after deleting it": {"parts/": 0},
}
print(seen)
assert seen == expected
PYTHON
"$folder/venv/bin/python" "$folder/upload.py"
