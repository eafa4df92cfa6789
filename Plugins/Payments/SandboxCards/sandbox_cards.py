#!/usr/bin/env python3
"""Cards at the sandbox bank: a payment module in Python. README.md says how it is asked."""
import base64
import hashlib
import hmac
import json
from datetime import datetime
from urllib.parse import quote

from guildhall_frames import Refused, by_name, serve

CARDS = {"tok_visa": "Test card: works", "tok_3ds": "Test card: asks for confirmation",
         "tok_delayed": "Test card: works some time later", "tok_declined": "Test card: declined"}
TOLERANCE = 300  # seconds between a webhook's signature and its coming, either way


def make(settings):
    both = [settings["secrets"], settings["previousSecrets"]]
    return {"url": settings["values"]["url"].rstrip("/"), "key": settings["secrets"]["apiKey"],
            "signing": [secrets["webhookSecret"] for secrets in both if "webhookSecret" in secrets]}


def bank(call, method, path, question=None):
    """What the bank answers; None when it says that it has never heard of it."""
    body, headers = b"", {"Authorization": "Bearer " + call.made["key"]}
    if question is not None:  # the same call under its key is the same bytes
        body = json.dumps(question, sort_keys=True).encode()
        headers.update({"Content-Type": "application/json", "Idempotency-Key": call.key})
    status, told, text = call.fetch(method, call.made["url"] + path, headers, body)
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
        later = told.get("retry-after", "")
        raise Refused("unavailable", message=f"The bank answered {status}.", retryAfterSeconds=(
            int(later) if later.isdecimal() and len(later) < 5 else None))
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


# What the host asks, by the names and the parts of its questions.

def check(call):
    account = bank(call, "GET", "/v1/account")
    return {"problems": {"sentences": [] if account else ["The bank has no such account."]}}


def methods(call, amount):
    return {"methods": {"list": [{"code": code, "label": CARDS[code]} for code in CARDS]}}


def start(call, request):
    same = ("amount", "capture", "returnURL", "webhookURL")
    body = bank(call, "POST", "/v1/payments", {
        "merchantReference": request["paymentID"], "source": request["method"],
        **{name: request[name] for name in same}})
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
        body, signature = base64.b64decode(delivery["body"]), by_name(delivery["headers"])
        parts = dict(part.split("=", 1) for part in signature["sandbox-signature"].split(","))
        came = datetime.fromisoformat(delivery["receivedAt"].replace("Z", "+00:00")).timestamp()
        ours = [hmac.new(secret.encode(), parts["t"].encode() + b"." + body, hashlib.sha256)
                for secret in call.made["signing"]]
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


if __name__ == "__main__":
    serve({"contract": 4, "name": "sandbox-cards", "roles": ["payment"]}, make, {
        "check": check, "methods": methods, "start": start, "capture": capture, "void": void,
        "refund": refund, "lookup": lookup, "lookupRefund": lookup_refund, "verify": verify,
        "events": events})
