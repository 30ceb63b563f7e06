"""As much of curl as the tutorial uses, so that its commands run where Python is all there is: -s, -X, -H and -d."""

import argparse
import sys
import urllib.request
from urllib.error import HTTPError

parser = argparse.ArgumentParser()
parser.add_argument("-s", action="store_true")
parser.add_argument("-X", dest="method", default="GET")
parser.add_argument("-H", dest="headers", action="append", default=[])
parser.add_argument("-d", dest="body")
parser.add_argument("url")


def main() -> None:
    """Send the request and print the answer, whatever its status."""
    asked = parser.parse_args()
    headers = dict(header.split(": ", 1) for header in asked.headers)
    data = None if asked.body is None else asked.body.encode()
    request = urllib.request.Request(asked.url, data, headers, method=asked.method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            sys.stdout.write(answer.read().decode())
    except HTTPError as refusal:
        with refusal:
            sys.stdout.write(refusal.read().decode())


main()
