"""The frames between the market's provider host and a module in Python.

It lies beside the module; Core/ProviderHost/README.md says what the frames are. A module says
hello, makes an object for each set of settings, and answers questions, each on a thread of its own:

    serve(hello, make, {"check": check, "start": start})

What a function returns is the part that matters: the frame around it is written here. What many
providers do alike is here too: calls of a JSON API, and signatures of webhooks.
"""
import base64
import hashlib
import hmac
import itertools
import json
import os
import struct
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

HEADER = struct.Struct(">IQc")  # length of the body, id, kind
THREADS = 32
TOLERANCE = 300  # seconds between a webhook's signature and its coming, either way

# What the answer to each question is called, and its part.
REPLIES = {
    "check": ("problems", "sentences"), "methods": ("methods", "list"),
    "start": ("started", "payment"), "capture": ("payment", "snapshot"),
    "void": ("payment", "snapshot"), "lookup": ("payment", "snapshot"),
    "confirmed": ("payment", "snapshot"), "refund": ("refund", "snapshot"),
    "lookupRefund": ("refund", "snapshot"), "verify": ("verified", "webhook"),
    "events": ("events", "list"), "pay": ("payout", "snapshot"),
    "lookupPayout": ("payout", "snapshot"), "file": ("file", "file"),
    "openAccount": ("account", "account"), "account": ("account", "account"),
    "onboardingLink": ("onboarding", "link"), "transfer": ("payout", "snapshot"),
    "reverse": ("reversal", "snapshot"), "lookupReversal": ("reversal", "snapshot"),
    "bankPayoutsIn": ("bankPayoutsIn", "list"), "bankPayouts": ("bankPayouts", "page"),
    "funds": ("funds", "funds"), "payOut": ("bankPayout", "snapshot"),
    "lookupBankPayout": ("bankPayout", "snapshot"),
    "originalBankPayout": ("originalBankPayout", "reference"),
    "balance": ("balance", "page"), "disputes": ("disputes", "page"),
    "lookupDispute": ("dispute", "snapshot"), "quotes": ("quotes", "list"),
    "calculate": ("taxes", "lines")}

writing = threading.Lock()
numbers = itertools.count(1)
waiting = {}  # the host's answers to come, by the number of our call
objects = {}  # what `make` made, by instance


class Refused(Exception):
    """Becomes an error of the contract: {"declined": {"code": …, "message": …}}."""

    def __init__(self, kind, **fields):
        self.error = {kind: fields}


class Call:
    """One question: `made` is the object that it is for, `key` what happens once under."""

    def __init__(self, body):
        self.body = body
        self.made = objects[body["instance"]]
        self.key = body["context"]["idempotencyKey"]

    def fetch(self, method, url, headers, body=b""):
        """One HTTP request, through the host, which alone reaches the network: the answer's status,
        its headers by their names in lower case, and its body."""
        number, answer = next(numbers), Future()
        waiting[number] = answer
        fields = [{"name": name, "value": value} for name, value in headers.items()]
        request = {"method": method, "url": url, "headers": {"fields": fields},
                   "body": base64.b64encode(body).decode()}
        context = self.body["context"]
        write(b"C", number, {
            "instance": self.body["instance"], "context": context,
            "desk": {"send": {"request": request, "deadline": context["deadline"]}}})
        kind, value = answer.result()
        if kind == b"E":  # it was not sent, or nobody knows: the error says which
            (name, parts), = value.items()
            raise Refused(name, **parts)
        return value["status"], by_name(value["headers"]), base64.b64decode(value["body"])

    def ask(self, method, url, headers, question=None):
        """One call of a JSON API under the call's key: the answer's status and what it says, None
        for what is no JSON. Raises what a wrong key and a "not now" mean everywhere."""
        body, headers = b"", dict(headers)
        if question is not None:  # the same call under its key is the same bytes
            body = json.dumps(question, sort_keys=True).encode()
            headers.update({"Content-Type": "application/json", "Idempotency-Key": self.key})
        status, told, text = self.fetch(method, url, headers, body)
        if status in (401, 403):
            raise Refused("misconfigured", message="The provider does not know this API key.")
        if status in (429, 503):
            later = told.get("retry-after", "")
            raise Refused("unavailable", message=f"The provider answered {status}.",
                          retryAfterSeconds=int(later) if later.isdecimal() and len(later) < 5
                          else None)
        try:
            return status, json.loads(text)
        except ValueError:
            return status, None


def by_name(headers):
    return {field["name"].lower(): field["value"] for field in headers["fields"]}


def content(message):
    """What stands in the body of a webhook, in JSON."""
    return json.loads(base64.b64decode(message["body"]))


def signed(delivery, header, secrets):
    """What a webhook says that one of `secrets` signed, not long ago: the header is
    t=<seconds>,v1=<hex HMAC-SHA256 of "t.body">, with more v1 while the provider changes secrets."""
    parts = [part.split("=", 1) for part in by_name(delivery["headers"])[header].split(",")]
    time = dict(parts)["t"]
    theirs = [value.lower() for name, value in parts if name == "v1"]
    came = datetime.fromisoformat(delivery["receivedAt"].replace("Z", "+00:00")).timestamp()
    text = time.encode() + b"." + base64.b64decode(delivery["body"])
    ours = [hmac.new(secret.encode(), text, hashlib.sha256).hexdigest() for secret in secrets]
    is_genuine = any([hmac.compare_digest(one, other) for one in ours for other in theirs])
    if not is_genuine or abs(came - int(time)) > TOLERANCE:
        raise Refused("signatureInvalid")
    return content(delivery)


def write(kind, number, value):
    body = json.dumps(value).encode()
    with writing:
        sys.stdout.buffer.write(HEADER.pack(len(body), number, kind) + body)
        sys.stdout.buffer.flush()


def read():
    header = sys.stdin.buffer.read(HEADER.size)
    if len(header) < HEADER.size:
        os._exit(0)  # the host has gone, and so do we, whoever waits for it
    length, number, kind = HEADER.unpack(header)
    return kind, number, json.loads(sys.stdin.buffer.read(length) or b"null")


def answer(number, body, make, answers):
    name = None
    try:
        if "desk" in body:  # the host makes an object, and calls it as the call does
            objects[body["instance"]] = make(body["desk"]["make"]["settings"])
            return write(b"A", number, {})
        (name, asked), = body["question"].items()
        if name not in answers:
            raise Refused("unsupported", operation=name)
        case, part = REPLIES[name]
        write(b"A", number, {case: {part: answers[name](Call(body), **asked)}})
    except Refused as refused:
        write(b"E", number, refused.error)
    except Exception as mistake:  # ours, or an answer that cannot be read: it may have been done
        # ...but whatever cannot be read as a webhook was not signed by the provider
        write(b"E", number, {"signatureInvalid": {}} if name == "verify" else {
            "ambiguous": {"message": f"It stumbled: {type(mistake).__name__}."}})


def serve(hello, make, answers):
    """Answers the host until it has gone."""
    threading.stack_size(1 << 20)
    with ThreadPoolExecutor(THREADS) as pool:
        while True:
            kind, number, value = read()
            if kind == b"H":
                write(b"H", 0, {"protocol": 1, **hello})
            elif kind == b"C":
                pool.submit(answer, number, value, make, answers)
            elif kind in b"AE" and number in waiting:
                waiting.pop(number).set_result((kind, value))
