#!/usr/bin/env python3
"""The vendor's own Python library signs webhooks now, and judges those that we signed now.

`sign.py sign IN OUT`: each line of IN has a `secret` and a `body`; OUT gets the header of each.
`sign.py judge IN OUT`: each line has a `header` too; OUT gets `true` where the library takes the
event within its own tolerance, with that secret, and no other body under that header.
Needs the package `stripe`.
"""

import json
import pathlib
import sys
import time

import stripe


def sign(given):
    at = int(time.time())
    signed = stripe.WebhookSignature._compute_signature(f"{at}.{given['body']}", given["secret"])
    return f"t={at},v1={signed}"


def holds(given, body):
    try:
        stripe.Webhook.construct_event(body.encode(), given["header"], given["secret"])
        return True
    except stripe.SignatureVerificationError:
        return False


def judge(given):
    return holds(given, given["body"]) and not holds(given, given["body"] + " ")


def main():
    act = {"sign": sign, "judge": judge}[sys.argv[1]]
    lines = pathlib.Path(sys.argv[2]).read_text(encoding="utf-8").split("\n")
    answers = [json.dumps(act(json.loads(line))) for line in lines if line]
    pathlib.Path(sys.argv[3]).write_text("\n".join(answers), encoding="utf-8")


if __name__ == "__main__":
    main()
