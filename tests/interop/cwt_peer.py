"""Asks PyPI's `cwt`, in an environment that has nothing of ours: COSE in hex to claims and back."""

import json
import sys

import cbor2
import cwt


def main() -> None:
    question = json.load(sys.stdin)
    if "read" in question:
        keys = [cwt.COSEKey.new(cbor2.loads(bytes.fromhex(key))) for key in question["keys"]]
        answer = [_read(bytes.fromhex(octets), keys) for octets in question["read"]]
    else:
        key = cwt.COSEKey.from_jwk(question["jwk"])
        # It notes times of its own in the claims it is given.
        claims = cbor2.loads(bytes.fromhex(question["write"]))
        answer = cwt.encode(claims, key, tagged=question["tagged"]).hex()
    json.dump(answer, sys.stdout)


def _read(octets, keys):
    try:
        return cbor2.dumps(cwt.decode(octets, keys), canonical=True).hex()
    except (cwt.DecodeError, cwt.VerifyError, ValueError) as error:
        return type(error).__name__


main()
