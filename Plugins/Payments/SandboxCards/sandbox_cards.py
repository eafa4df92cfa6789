#!/usr/bin/env python3
"""Cards at the sandbox bank: a payment module in Python. README.md says how it is asked."""
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
from urllib.parse import quote

HEADER = struct.Struct(">IQc")  # length of the body, id, kind
HELLO = {"protocol": 1, "contract": 4, "name": "sandbox-cards", "roles": ["payment"]}
CARDS = {"tok_visa": "Test card: works", "tok_3ds": "Test card: asks for confirmation",
         "tok_delayed": "Test card: works some time later", "tok_declined": "Test card: declined"}
TOLERANCE = 300  # seconds between a webhook's signature and its coming, either way

writing = threading.Lock()
numbers = itertools.count(1)
waiting = {}  # the host's answers to come, by the number of our call
instances = {}


class Refused(Exception):
    """Becomes an error of the contract: {"declined": {"code": …, "message": …}}."""

    def __init__(self, kind, **fields):
        self.error = {kind: fields}


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


def send(call, request):
    """One HTTP request, through the host, which alone reaches the network."""
    number, answer = next(numbers), Future()
    waiting[number] = answer
    desk = {"send": {"request": request, "deadline": call["context"]["deadline"]}}
    write(b"C", number, {"instance": call["instance"], "context": call["context"], "desk": desk})
    kind, value = answer.result()
    if kind == b"E":  # it was not sent, or nobody knows: the error says which
        (name, fields), = value.items()
        raise Refused(name, **fields)
    return value


def bank(call, method, path, question=None):
    """What the bank answers; None when it says that it has never heard of it."""
    own, body = instances[call["instance"]], b""
    headers = {"Authorization": "Bearer " + own["key"]}
    if question is not None:  # the same call under its key is the same bytes
        body = json.dumps(question, sort_keys=True).encode()
        headers["Content-Type"] = "application/json"
        headers["Idempotency-Key"] = call["context"]["idempotencyKey"]
    fields = [{"name": name, "value": value} for name, value in headers.items()]
    response = send(call, {"method": method, "url": own["url"] + path,
                           "headers": {"fields": fields}, "body": base64.b64encode(body).decode()})
    status, text = response["status"], base64.b64decode(response["body"])
    if 200 <= status < 300:
        return json.loads(text) or {}  # null does not say that it has never heard of it
    try:
        error = json.loads(text)["error"]
        code, message = str(error["code"]), str(error["message"])
    except Exception:  # not the bank's words: a machine in between, behind which it may have acted
        code = message = None
    if status in (401, 403):
        raise Refused("misconfigured", message="The bank does not know this API key.")
    if status in (429, 503):
        later = {field["name"].lower(): field["value"] for field in response["headers"]["fields"]}
        seconds = later.get("retry-after", "")
        raise Refused("unavailable", message=f"The bank answered {status}.", retryAfterSeconds=(
            int(seconds) if seconds.isdecimal() and len(seconds) < 5 else None))
    if (status, code, method) == (404, "not_found", "GET"):
        return None
    if code and status == 402:
        raise Refused("declined", code=code, message=message, mayRetry=True)
    if code and 400 <= status < 500 and code != "key_in_use":
        raise Refused("invalidRequest", code=code, message=message)
    raise Refused("ambiguous", message=f"The bank answered {status}.")


def payment(body):
    """A status that nobody knows is loud: the host cannot read it, and money may have moved."""
    same = ("authorized", "captured", "refunded", "version", "failureCode", "failureMessage")
    status = "requiresAction" if body["status"] == "requires_action" else body["status"]
    return {"reference": body["id"], "paymentID": body["merchantReference"], "status": status,
            **{name: body.get(name) for name in same}}


def refunded(body):
    return {"reference": body["id"], "refundID": body["merchantReference"],
            "paymentReference": body["payment"],
            **{name: body[name] for name in ("status", "amount", "version")}}


def make(settings):
    both = [settings["secrets"], settings["previousSecrets"]]
    return {"url": settings["values"]["url"].rstrip("/"), "key": settings["secrets"]["apiKey"],
            "signing": [secrets["webhookSecret"] for secrets in both if "webhookSecret" in secrets]}


# What the host asks, by the names and the parts of its questions.

def check(call):
    account = bank(call, "GET", "/v1/account")
    return {"problems": {"sentences": [] if account else ["The bank has no such account."]}}


def methods(call, amount):
    return {"methods": {"list": [{"code": code, "label": CARDS[code]} for code in CARDS]}}


def start(call, request):
    same = ("amount", "capture", "returnURL", "webhookURL")
    question = {"merchantReference": request["paymentID"], "source": request["method"],
                **{name: request[name] for name in same}}
    body = bank(call, "POST", "/v1/payments", question)
    url = body.get("redirectURL")
    following = {"redirect": {"url": url}} if url else {"none": {}}
    return {"started": {"payment": {"snapshot": payment(body), "next": following}}}


def act(call, reference, verb, question):
    return bank(call, "POST", f"/v1/payments/{quote(reference, safe='')}/{verb}", question)


def capture(call, request):
    question = {"amount": request["amount"], "isFinal": request["isFinal"]}
    return {"payment": {"snapshot": payment(act(call, request["reference"], "capture", question))}}


def void(call, reference):
    return {"payment": {"snapshot": payment(act(call, reference, "void", {}))}}


def refund(call, request):
    question = {"merchantReference": request["refundID"], "amount": request["amount"],
                "reason": request["reason"]}
    return {"refund": {"snapshot": refunded(act(call, request["reference"], "refunds", question))}}


def find(call, path, key):
    (by, value), = key.items()
    sought = quote(value["_0"], safe="")
    return bank(call, "GET", path + ("/" if by == "reference" else "?idempotencyKey=") + sought)


def lookup(call, key):
    body = find(call, "/v1/payments", key)
    return {"payment": {"snapshot": None if body is None else payment(body)}}


def lookup_refund(call, key):
    body = find(call, "/v1/refunds", key)
    return {"refund": {"snapshot": None if body is None else refunded(body)}}


def verify(call, delivery):
    """Sandbox-Signature: t=<seconds>,v1=<hex HMAC-SHA256 of "t.body">, by one of the secrets."""
    try:
        body = base64.b64decode(delivery["body"])
        headers = {field["name"].lower(): field["value"] for field in delivery["headers"]["fields"]}
        parts = dict(part.split("=", 1) for part in headers["sandbox-signature"].split(","))
        came = datetime.fromisoformat(delivery["receivedAt"].replace("Z", "+00:00")).timestamp()
        ours = [hmac.new(secret.encode(), parts["t"].encode() + b"." + body, hashlib.sha256)
                for secret in instances[call["instance"]]["signing"]]
        is_genuine = any([hmac.compare_digest(one.hexdigest(), parts["v1"]) for one in ours])
        if is_genuine and abs(came - int(parts["t"])) <= TOLERANCE:
            event = json.loads(body)
            return {"verified": {"webhook": {
                "eventID": event["id"], "kind": event["type"], "occurredAt": event["createdAt"],
                "body": delivery["body"]}}}
    except Exception:  # whatever cannot be read was not signed by the bank
        pass
    raise Refused("signatureInvalid")


def events(call, webhook):
    event = json.loads(base64.b64decode(webhook["body"]))
    readers = (("payment", payment), ("refund", refunded))
    told = [{name: {"_0": read(event[name])}} for name, read in readers if event.get(name)]
    return {"events": {"list": told}}


ANSWERS = {"check": check, "methods": methods, "start": start, "capture": capture, "void": void,
           "refund": refund, "lookup": lookup, "lookupRefund": lookup_refund, "verify": verify,
           "events": events}


def serve(number, call):
    try:
        if "desk" in call:  # the host makes an object, and calls it as the call does
            instances[call["instance"]] = make(call["desk"]["make"]["settings"])
            return write(b"A", number, {})
        (name, asked), = call["question"].items()
        if name not in ANSWERS:
            raise Refused("unsupported", operation=name)
        write(b"A", number, ANSWERS[name](call, **asked))
    except Refused as refused:
        write(b"E", number, refused.error)
    except Exception as mistake:  # ours, or an answer that cannot be read: it may have been done
        write(b"E", number, {"ambiguous": {"message": f"It stumbled: {type(mistake).__name__}."}})


def main():
    threading.stack_size(1 << 20)
    with ThreadPoolExecutor(32) as pool:
        while True:
            kind, number, value = read()
            if kind == b"H":
                write(b"H", 0, HELLO)
            elif kind == b"C":
                pool.submit(serve, number, value)
            elif kind in b"AE" and number in waiting:
                waiting.pop(number).set_result((kind, value))


if __name__ == "__main__":
    main()
