#!/usr/bin/env python3
"""Cards at the sandbox bank: a payment module in Python. README.md says how it is asked."""
from urllib.parse import quote

from guildhall_frames import Refused, content, serve, signed

CARDS = {"tok_visa": "Test card: works", "tok_3ds": "Test card: asks for confirmation",
         "tok_delayed": "Test card: works some time later", "tok_declined": "Test card: declined"}


def make(settings):
    if settings["mode"] != "sandbox":
        raise Refused("misconfigured", message="The sandbox bank moves no real money.")
    both = [settings["secrets"], settings["previousSecrets"]]
    return {"url": settings["values"]["url"].rstrip("/"),
            "headers": {"Authorization": "Bearer " + settings["secrets"]["apiKey"]},
            "signing": [secrets["webhookSecret"] for secrets in both if "webhookSecret" in secrets]}


def bank(call, method, path, question=None):
    """What the bank answers; None when it says that it has never heard of it."""
    status, body = call.ask(method, call.made["url"] + path, call.made["headers"], question)
    if 200 <= status < 300:
        return body or {}  # null does not say that it has never heard of it
    error = (body or {}).get("error") or {}
    code, message = error.get("code"), error.get("message")
    if isinstance(code, str) and isinstance(message, str):  # else a machine in between said it
        if (status, code, method) == (404, "not_found", "GET"):
            return None
        if status == 402:
            raise Refused("declined", code=code, message=message, mayRetry=True)
        if 400 <= status < 500 and code != "key_in_use":
            raise Refused("invalidRequest", code=code, message=message)
    raise Refused("ambiguous", message=f"The bank answered {status}.")  # it may have acted


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

def start(call, request):
    same = ("amount", "capture", "returnURL", "webhookURL")
    body = bank(call, "POST", "/v1/payments", {
        "merchantReference": request["paymentID"], "source": request["method"],
        **{name: request[name] for name in same}})
    url = body.get("redirectURL")
    return {"snapshot": payment(body), "next": {"redirect": {"url": url}} if url else {"none": {}}}


def act(call, reference, verb, question):
    return bank(call, "POST", f"/v1/payments/{quote(reference, safe='')}/{verb}", question)


def capture(call, request):
    question = {"amount": request["amount"], "isFinal": request["isFinal"]}
    return payment(act(call, request["reference"], "capture", question))


def refund(call, request):
    question = {"merchantReference": request["refundID"], "amount": request["amount"],
                "reason": request["reason"]}
    return refunded(act(call, request["reference"], "refunds", question))


def find(call, path, key, read):
    (by, value), = key.items()
    separator = "/" if by == "reference" else "?idempotencyKey="
    body = bank(call, "GET", path + separator + quote(value["_0"], safe=""))
    return None if body is None else read(body)


def verify(call, delivery):
    event = signed(delivery, "sandbox-signature", call.made["signing"])
    return {"eventID": event["id"], "kind": event["type"], "occurredAt": event["createdAt"],
            "body": delivery["body"]}


def events(call, webhook):
    event, readers = content(webhook), {"payment": payment, "refund": refunded}.items()
    return [{name: {"_0": read(event[name])}} for name, read in readers if event.get(name)]


if __name__ == "__main__":
    serve({"contract": 5, "name": "sandbox-cards", "roles": ["payment"]}, make, {
        "check": lambda call: [] if bank(call, "GET", "/v1/account") else ["There is no account."],
        "methods": lambda call, amount: [{"code": code, "label": CARDS[code]} for code in CARDS],
        "start": start, "capture": capture, "refund": refund, "verify": verify, "events": events,
        "void": lambda call, reference: payment(act(call, reference, "void", {})),
        "lookup": lambda call, key: find(call, "/v1/payments", key, payment),
        "lookupRefund": lambda call, key: find(call, "/v1/refunds", key, refunded)})
