#!/usr/bin/env python3
"""What the module asked our Stripe, judged by others: `judge_requests.py FOLDER`.

FOLDER holds what tests left behind: `stripe-*.jsonl`, journals of `server.py`, and
`stripe-signatures.jsonl`, webhooks that the module's kit signed. Every request must be one that the
types of the vendor's Python library allow, in that library's version of the API, and every change
must come under a key; every signature must hold for that library; and what
localstripe, another fake that others wrote, covers, it must answer as ours did. Needs the packages
`stripe` and `localstripe`.
"""

import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from urllib.parse import urlencode, urlsplit

import stripe

import form
from schema import Schema

# What the module must have asked at least once, or the judgement would be worth nothing.
WANTED = {
    "POST /v1/payment_intents", "POST /v1/payment_intents/ID/cancel",
    "GET /v1/payment_intents", "GET /v1/payment_intents/ID", "POST /v1/refunds",
    "POST /v1/checkout/sessions", "GET /v1/checkout/sessions/ID", "GET /v1/checkout/sessions",
    "POST /v1/checkout/sessions/ID/expire", "POST /v1/accounts", "GET /v1/accounts/ID",
    "POST /v1/account_links", "POST /v1/transfers", "GET /v1/balance",
    "GET /v1/balance_transactions", "GET /v1/disputes/ID", "GET /v1/disputes", "GET /v1/transfers",
    "POST /v1/payment_intents/ID/capture", "POST /v1/transfers/ID/reversals", "GET /v1/refunds",
    "GET /v1/transfers/ID/reversals", "GET /v1/refunds/ID", "GET /v1/transfers/ID",
    "GET /v1/transfers/ID/reversals/ID", "GET /v1/payouts", "GET /v1/payouts/ID",
    "POST /v1/payouts",
}
# Stripe takes these; localstripe does not know them.
UNKNOWN_TO_LOCALSTRIPE = {
    "return_url", "receipt_email", "description", "transfer_group", "reason", "confirmation_method",
    "cancellation_reason"}


def journals(folder):
    for file in sorted(pathlib.Path(folder).glob("stripe-*.jsonl")):
        if file.name == "stripe-signatures.jsonl":
            continue
        # Each journal is of another fake, with ids of its own.
        yield [json.loads(line) for line in file.read_text().splitlines()]


def operation(method, target):
    path = urlsplit(target).path
    return f"{method} {re.sub('/(pi|ch|re|cs_test|acct|tr|trr|du|po|txn|evt)_[A-Za-z0-9_]+', '/ID', path)}"


def judge_shapes(found, schema):
    """- Returns: how many requests and kinds of requests were judged."""
    seen, count = set(), 0
    for method, target, body, *_ in (line for journal in found for line in journal):
        seen.add(operation(method, target))
        count += 1
        complaints = schema.check(method, target, body)
        if complaints:
            sys.exit(f"The vendor's types do not allow {method} {target}\n  {body}\n  {complaints}")
        # The judge is no rubber stamp: one more parameter, and it is refused.
        spoiled = f"{body}&colour=red" if method == "POST" else body
        if method == "POST" and not schema.check(method, target, spoiled):
            sys.exit(f"The vendor's types take anything: {method} {target}")
    missing = WANTED - seen
    if missing:
        sys.exit(f"The tests never asked for {', '.join(sorted(missing))}; saw {sorted(seen)}")
    return count, len(seen)


def judge_headers(found, version):
    """Each request says the one version of the API, and each change comes under a key of its own.

    - Returns: how many keys there were."""
    count = 0
    for journal in found:
        keys = {}
        for method, target, body, _, _, said in journal:
            if said["Stripe-Version"] != version:
                sys.exit(f"{method} {target} says the version {said['Stripe-Version']}, and the "
                         f"vendor's library {version}")
            if method != "POST":
                continue
            key = said["Idempotency-Key"] or ""
            if not 0 < len(key) <= 255:
                sys.exit(f"{method} {target} comes under the key {key!r}")
            if keys.setdefault(key, (target, body)) != (target, body):
                sys.exit(f"{method} {target} comes under the key {key!r} of another request")
        count += len(keys)
    return count


def judge_signatures(folder):
    count = 0
    for line in (pathlib.Path(folder) / "stripe-signatures.jsonl").read_text().splitlines():
        given = json.loads(line)
        stripe.WebhookSignature.verify_header(
            given["body"], given["header"], given["secret"], tolerance=None)
        try:
            stripe.WebhookSignature.verify_header(
                given["body"] + " ", given["header"], given["secret"], tolerance=None)
            sys.exit("The vendor's library takes any signature.")
        except stripe.SignatureVerificationError:
            count += 1
    if not count:
        sys.exit("No signature was left behind.")
    return count


class Localstripe:
    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        # It keeps its state in the temporary folder.
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [pathlib.Path(sys.executable).parent / "localstripe", "--port", str(self.port),
             "--from-scratch"], env={"TMPDIR": self.folder.name},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                self.ask("GET", "/v1/customers", "")
                return
            except OSError:
                time.sleep(0.1)
        sys.exit("localstripe does not start.")

    def ask(self, method, target, body):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{target}", body.encode() if method == "POST" else None,
            {"Authorization": "Bearer sk_test_12345"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, {}

    def end(self):
        self.process.terminate()
        self.process.wait(10)
        self.folder.cleanup()


def flat(tree, prefix=""):
    for key, value in tree.items():
        name = f"{prefix}[{key}]" if prefix else key
        if isinstance(value, dict):
            yield from flat(value, name)
        else:
            yield name, value


def replay(found, other):
    """Card payments, captures, refunds and what they are afterwards, asked of localstripe."""
    compared, made = 0, set()
    for journal in found:
        ids = {}
        for method, target, body, status, answer, _ in journal:
            kind = operation(method, target)
            # The second time under one key only our fake answers as the first time.
            if status != 200 or (method == "POST" and (kind, answer.get("id")) in made):
                continue
            # What a card's bank let go, nobody asked for: localstripe holds it for ever.
            if answer.get("cancellation_reason") == "automatic":
                continue
            params = {k: v for k, v in form.tree(body).items()
                      if k not in UNKNOWN_TO_LOCALSTRIPE} if method == "POST" else {}
            id = re.search("pi_[A-Za-z0-9]+", target)
            known = ids.get(id[0]) if id else None
            if kind == "POST /v1/payment_intents" and params.get("payment_method") == "pm_card_visa":
                path = "/v1/payment_intents"
            elif kind == "POST /v1/refunds" and params.get("payment_intent") in ids:
                params["payment_intent"] = ids[params["payment_intent"]]
                path = "/v1/refunds"
            elif known and kind in ("POST /v1/payment_intents/ID/capture",
                                    "POST /v1/payment_intents/ID/cancel",
                                    "GET /v1/payment_intents/ID"):
                path = urlsplit(target).path.replace(id[0], known)
            else:
                continue
            got, theirs = other.ask(method, path, urlencode(list(flat(params))))
            if got != 200:
                sys.exit(f"localstripe answered {got} to {method} {path} {params}")
            if method == "POST":
                made.add((kind, answer["id"]))
            if kind == "POST /v1/payment_intents":
                ids[answer["id"]] = theirs["id"]
            for field in ("amount", "currency", "status", "capture_method", "livemode"):
                if field in answer and answer[field] != theirs.get(field, answer[field]):
                    sys.exit(f"{kind}: our fake says {field} {answer[field]}, localstripe "
                             f"{theirs[field]}")
            compared += 1
    if compared < 10:
        sys.exit(f"Only {compared} answers could be compared with localstripe's.")
    return compared


def main():
    folder = sys.argv[1]
    found = list(journals(folder))
    schema = Schema(pathlib.Path(stripe.__file__).parent)
    requests, kinds = judge_shapes(found, schema)
    keys = judge_headers(found, schema.version)
    signatures = judge_signatures(folder)
    other = Localstripe()
    try:
        compared = replay(found, other)
    finally:
        other.end()
    print(f"{requests} requests of {kinds} kinds fit the types of stripe {stripe.VERSION} "
          f"({schema.version}) under {keys} keys, {signatures} signatures hold, localstripe answers {compared} alike")


if __name__ == "__main__":
    main()
