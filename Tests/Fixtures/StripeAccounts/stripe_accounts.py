#!/usr/bin/env python3
"""Payments at Stripe, sellers' accounts there and payouts from them to their banks, as a program in
another language: for tests, beside the module in Swift, whose scripted counterpart it borrows."""
import hashlib
import json
import time
from datetime import datetime, timezone
from urllib.parse import quote, urlencode

from guildhall_frames import Refused, content, serve, signed

VERSION = "2026-06-24.dahlia"
UNITS_MAX = 99_999_999
TENTHS = {"BHD", "JOD", "KWD", "OMR", "TND"}
ASSETS = {"SOL", "USDC"}
CLOCKS = 600  # seconds that Stripe's clock may be away from ours
KEPT = 86_400  # seconds for which Stripe remembers keys
PAGES = 100
STATUS = {"requires_payment_method": ("failed", 3), "requires_confirmation": ("requiresAction", 1),
          "requires_action": ("requiresAction", 1), "processing": ("processing", 2),
          "requires_capture": ("authorized", 4), "succeeded": ("captured", 6),
          "canceled": ("voided", 5)}
REFUNDS = {"pending": ("pending", 1), "requires_action": ("pending", 1),
           "succeeded": ("succeeded", 2), "failed": ("failed", 3), "canceled": ("failed", 3)}
BANKS = {"pending": ("pending", 1), "in_transit": ("inTransit", 2), "paid": ("paid", 3),
         "canceled": ("canceled", 4), "failed": ("failed", 5)}


def make(settings):
    key = settings["secrets"]["apiKey"]
    if settings["mode"] == "sandbox" and "_live_" in key[:8]:
        raise Refused("misconfigured", message="A live key in sandbox mode.")
    both = [settings["secrets"], settings["previousSecrets"]]
    cards = settings["values"].get("testCards", "").replace(",", " ").split()
    return {"url": settings["values"]["url"].rstrip("/"), "key": key, "cards": cards,
            "signing": [secrets["webhookSecret"] for secrets in both if "webhookSecret" in secrets]}


# How Stripe is asked.

def ask(call, method, path, form=(), operation=None, account=None, final=()):
    """What Stripe answers; None when it has never heard of what was to be read."""
    headers = {"Authorization": "Bearer " + call.made["key"], "Stripe-Version": VERSION}
    if account:
        headers["Stripe-Account"] = account
    text = urlencode([(name, value) for name, value in form if value is not None])
    is_write, body, url = method == "POST", b"", call.made["url"] + path
    if is_write:
        headers.update({"Content-Type": "application/x-www-form-urlencoded",
                        "Idempotency-Key": f"{operation}-{mark(call.key)}"})
        body = text.encode()
    elif text:
        url += "?" + text
    status, told, answer = call.fetch(method, url, headers, body)
    try:
        said = json.loads(answer)
    except ValueError:
        said = None
    said = said if isinstance(said, dict) else {}
    if 200 <= status < 300 and said.get("object") and not said.get("livemode"):
        return said
    unknown = "ambiguous" if is_write else "unavailable"
    if 200 <= status < 300:
        raise Refused(unknown, message="Stripe's answer could not be read.")
    error = said.get("error") if isinstance(said.get("error"), dict) else {}
    code, message = str(error.get("code")), str(error.get("message"))[:300]
    if status in (401, 403):
        raise Refused("misconfigured", message="Stripe does not take this API key.")
    if status == 404 and not is_write and code == "resource_missing":
        return None
    if status == 402 or (status == 400 and code in final):
        raise Refused("declined", code=code, message=message, mayRetry=True)
    if status == 429 or (status == 409 and code == "lock_timeout"):
        later = told.get("retry-after", "")
        raise Refused("unavailable", message=message, retryAfterSeconds=int(later)
                      if later.isdecimal() and len(later) < 5 else None)
    if 400 <= status < 500 and status not in (409, 424) and code != "None" and (
            is_write or status != 404):
        raise Refused("invalidRequest", code=code, message=message)
    raise Refused(unknown, message=f"Stripe answered {status}.")


def get(call, path, form=(), account=None):
    found = ask(call, "GET", path, form, account=account)
    if found is None:
        raise Refused("invalidRequest", code="resource_missing", message="There is no such thing.")
    return found


def mark(key):
    """The call's key, or its digest when it is longer than a mark may be."""
    return key if len(key.encode()) <= 160 else "sha256-" + hashlib.sha256(key.encode()).hexdigest()


def pages(call, path, form, account=None):
    last = None
    for _ in range(PAGES):
        page = get(call, path, [*form, ("limit", 100), ("starting_after", last)], account)
        yield from page["data"]
        if not page["has_more"]:
            return
        last = page["data"][-1]["id"]
    raise Refused("unavailable", message="Stripe's list is too long to be looked through.")


def made(call, path, key, account=None, form=None):
    """What the call with this key made, of a list that is read to its end; None is a promise."""
    first = call.body["context"].get("firstMadeAt")
    since = datetime.fromisoformat(first.replace("Z", "+00:00")).timestamp() - CLOCKS \
        if first else time.time() - KEPT
    within = [("created[gte]", int(since))] if form is None else form
    return next((row for row in pages(call, path, within, account)
                 if (row.get("metadata") or {}).get("guildhall_key") == mark(key)), None)


def found(call, path, key, account=None):
    (by, value), = key.items()
    if by == "reference":
        return ask(call, "GET", f"{path}/{quote(value['_0'], safe='')}", account=account)
    return made(call, path, value["_0"], account)


def units(money):
    amount, code = money["amount"], money["currency"]
    if code in ASSETS or not 0 < amount <= UNITS_MAX or (code in TENTHS and amount % 10):
        raise Refused("invalidRequest", code="amount", message="Stripe takes no such amount.")
    return amount


def money(amount, code):
    return {"amount": amount, "currency": code.upper()}


def marks(call, name, value):
    return [(f"metadata[guildhall_{name}]", value), ("metadata[guildhall_key]", mark(call.key))]


# Payments and refunds.

def intent(call, id):
    return ask(call, "GET", f"/v1/payment_intents/{quote(id, safe='')}",
               [("expand[0]", "latest_charge")])


def payment(call, body):
    """A status that nobody knows is loud, as everything is that is not as it should be."""
    status, step = STATUS[body["status"]]
    captured = body["amount_received"] if status == "captured" else 0
    charge, refunded = body.get("latest_charge"), 0
    if status == "captured" and isinstance(charge, dict) and charge["amount_refunded"] > 0:
        refunded = charge["amount_refunded"] if captured == charge["amount"] else sum(
            row["amount"] for row in pages(
                call, "/v1/refunds", [("payment_intent", body["id"])])
            if row["status"] not in ("failed", "canceled"))
        refunded = min(refunded, captured)
    held = body["amount"] if status in ("authorized", "captured") else 0
    return {"reference": body["id"], "paymentID": body["metadata"].get("guildhall_payment"),
            "status": status, "version": (step << 52) + captured + refunded,
            "failureCode": "card_declined" if status == "failed" else None,
            **{name: money(amount, body["currency"]) for name, amount in (
                ("authorized", held), ("captured", captured), ("refunded", refunded))}}


def start(call, request):
    if request["method"] not in call.made["cards"]:
        raise Refused("invalidRequest", code="method", message="There is no such way to pay.")
    body = ask(call, "POST", "/v1/payment_intents", [
        ("amount", units(request["amount"])), ("currency", request["amount"]["currency"].lower()),
        ("capture_method", "automatic" if request["capture"] == "now" else "manual"),
        ("confirm", "true"), ("payment_method", request["method"]),
        ("payment_method_types[0]", "card"), ("return_url", request["returnURL"]),
        *marks(call, "payment", request["paymentID"]), ("expand[0]", "latest_charge")], "start")
    return {"snapshot": payment(call, body), "next": {"none": {}}}


def capture(call, request):
    if not request["isFinal"]:
        raise Refused("unsupported", operation="several captures")
    return payment(call, ask(
        call, "POST", f"/v1/payment_intents/{quote(request['reference'], safe='')}/capture",
        [("amount_to_capture", units(request["amount"])), ("expand[0]", "latest_charge")],
        "capture"))


def void(call, reference):
    body = intent(call, reference)
    if body is None:
        raise Refused("invalidRequest", code="resource_missing", message="No such payment.")
    if body["status"] != "canceled":
        body = ask(call, "POST", f"/v1/payment_intents/{quote(reference, safe='')}/cancel",
                   [("cancellation_reason", "abandoned"), ("expand[0]", "latest_charge")], "void")
    return payment(call, body)


def lookup(call, key):
    (by, value), = key.items()
    body = intent(call, value["_0"]) if by == "reference" else None
    if by != "reference" and (listed := made(call, "/v1/payment_intents", value["_0"])):
        body = intent(call, listed["id"])
    return body and payment(call, body)


def refunded(body):
    status, version = REFUNDS[body["status"]]
    return {"reference": body["id"], "paymentReference": body["payment_intent"],
            "refundID": body["metadata"].get("guildhall_refund"), "status": status,
            "amount": money(body["amount"], body["currency"]), "version": version}


def refund(call, request):
    return refunded(ask(call, "POST", "/v1/refunds", [
        ("payment_intent", request["reference"]), ("amount", units(request["amount"])),
        ("reason", "requested_by_customer"), *marks(call, "refund", request["refundID"])],
        "refund"))


def lookup_refund(call, key):
    body = found(call, "/v1/refunds", key)
    return body and refunded(body)


# Sellers' accounts, what is transferred to them and what is taken back.

def account(body):
    needs = body.get("requirements") or {}
    overdue = needs.get("past_due") or []
    due = [code for code in needs.get("currently_due") or [] if code not in overdue]
    is_ready = body["capabilities"].get("transfers") == "active" and body["payouts_enabled"]
    return {"reference": body["id"], "sellerID": body["metadata"].get("guildhall_seller"),
            "isReady": bool(is_ready), "isSubmitted": bool(body["details_submitted"]),
            "requirements": [{"code": code[:100], "words": code[:100], "isOverdue": code in overdue}
                             for code in (overdue + due)[:50]],
            "restriction": needs.get("disabled_reason"), "asOf": moment(time.time())}


def moment(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def open_account(call, request):
    return account(ask(call, "POST", "/v1/accounts", [
        ("controller[fees][payer]", "application"), ("controller[losses][payments]", "application"),
        ("controller[requirement_collection]", "stripe"),
        ("controller[stripe_dashboard][type]", "express"), ("country", request["country"]),
        ("business_profile[name]", request["name"]), ("capabilities[transfers][requested]", "true"),
        *marks(call, "seller", request["sellerID"])], "account"))


def find_account(call, key):
    body = found(call, "/v1/accounts", key)
    return body and account(body)


def link(call, request):
    body = ask(call, "POST", "/v1/account_links", [
        ("account", request["account"]), ("type", "account_onboarding"),
        ("return_url", request["returnURL"]), ("refresh_url", request["refreshURL"])], "link")
    return {"url": body["url"], "expiresAt": moment(body["expires_at"])}


def payout(body):
    back = body["amount_reversed"]
    is_back = back >= body["amount"]
    return {"reference": body["id"], "payoutID": body["metadata"].get("guildhall_payout"),
            "status": "failed" if is_back else "succeeded",
            "amount": money(body["amount"], body["currency"]),
            "version": 1 + back,
            "failureCode": "reversed" if is_back else "reversed_in_part" if back > 0 else None}


def transfer(call, request):
    charge = None
    if request.get("payment"):
        charge = get(call, f"/v1/payment_intents/{quote(request['payment'], safe='')}",
                     [("expand[0]", "latest_charge")])["latest_charge"]["id"]
    return payout(ask(call, "POST", "/v1/transfers", [
        ("amount", units(request["amount"])), ("currency", request["amount"]["currency"].lower()),
        ("destination", request["account"]), ("source_transaction", charge),
        *marks(call, "payout", request["transferID"])], "transfer"))


def pay(call, request):
    return transfer(call, {"transferID": request["payoutID"], "amount": request["amount"],
                           "account": request["destination"]["account"]})


def lookup_payout(call, key):
    body = found(call, "/v1/transfers", key)
    return body and payout(body)


def reversal(body, of):
    return {"reference": body["id"], "transfer": of, "amount": money(
        body["amount"], body["currency"]), "reversalID": body["metadata"].get("guildhall_reversal")}


def reverse(call, request):
    path = f"/v1/transfers/{quote(request['transfer'], safe='')}/reversals"
    return reversal(ask(call, "POST", path, [
        ("amount", units(request["amount"])), *marks(call, "reversal", request["reversalID"])],
        "reverse"), request["transfer"])


def lookup_reversal(call, key, transfer):
    path, (by, value) = f"/v1/transfers/{quote(transfer, safe='')}/reversals", *key.items()
    body = made(call, path, value["_0"], form=[]) if by != "reference" else found(call, path, key)
    return body and reversal(body, transfer)


# What goes on from there to banks.

def bank_payout(body, of):
    status, step = BANKS[body["status"]]
    is_failed = status == "failed"
    return {"reference": body["id"], "account": of, "status": status,
            "amount": money(body["amount"], body["currency"]),
            "failureCode": body.get("failure_code") if is_failed else None,
            "failure": body.get("failure_message") if is_failed else None,
            "arrivesAt": moment(body["arrival_date"]), "madeAt": moment(body["created"]),
            "version": step * 10 ** 12 + body["arrival_date"]}


def bank_payouts(call, account, since, cursor=None):
    begin = datetime.fromisoformat(since.replace("Z", "+00:00")).timestamp()
    page = get(call, "/v1/payouts", [
        ("created[gte]", int(begin)), ("limit", 100), ("starting_after", cursor)], account)
    return {"payouts": [bank_payout(row, account) for row in page["data"]
                        if row["status"] in BANKS],
            "unreadable": [row["id"] for row in page["data"] if row["status"] not in BANKS],
            "next": page["data"][-1]["id"] if page["has_more"] else None}


def bank_payouts_in(call, webhook):
    event = content(webhook)
    subject, of = event["data"]["object"], event.get("account")
    if event["livemode"] or subject["object"] != "payout" or not of:
        return []
    body = found(call, "/v1/payouts", {"reference": {"_0": subject["id"]}}, of)
    if body and body["status"] not in BANKS:
        raise Refused("invalidRequest", code=f"bank_payout_unreadable|{of}|{body['id']}",
                      message=f"The payout is {body['status'][:40]}.")
    return [bank_payout(body, of)] if body else []


def funds(call, account):
    body = get(call, f"/v1/accounts/{quote(account, safe='')}")
    parts = get(call, "/v1/balance", account=account)["available"]
    return {"account": account,
            "isManual": body["settings"]["payouts"]["schedule"]["interval"] == "manual",
            "available": [money(part["amount"], part["currency"]) for part in parts
                          if part["amount"] > 0]}


def pay_out(call, request):
    return bank_payout(ask(call, "POST", "/v1/payouts", [
        ("amount", units(request["amount"])), ("currency", request["amount"]["currency"].lower()),
        *marks(call, "payout", request["orderID"])], "bank", account=request["account"],
        final={"balance_insufficient"}), request["account"])


def lookup_bank_payout(call, key, account):
    body = found(call, "/v1/payouts", key, account)
    return body and bank_payout(body, account)


def original(call, reference, account):
    body = found(call, "/v1/payouts", {"reference": {"_0": reference}}, account)
    return body and body.get("original_payout")


# Webhooks: a delivery is only a hint; what it is about is asked for as it is now.

def verify(call, delivery):
    event = signed(delivery, "stripe-signature", call.made["signing"])
    return {"eventID": event["id"], "kind": event["type"][:100],
            "occurredAt": moment(event["created"]), "body": delivery["body"]}


def events(call, webhook):
    event = content(webhook)
    subject, of = event["data"]["object"], event.get("account")
    kind, id = subject["object"], subject.get("id")
    if event["livemode"]:
        return []
    if of or kind == "account":
        body = found(call, "/v1/accounts", {"reference": {"_0": of or id}})
        known = body and body["metadata"].get("guildhall_seller")
        return [{"account": {"_0": account(body)}}] if known else []
    if kind in ("payment_intent", "charge"):
        body = intent(call, id if kind == "payment_intent" else subject["payment_intent"])
        known = body and body["metadata"].get("guildhall_payment")
        return [{"payment": {"_0": payment(call, body)}}] if known else []
    readers = {"refund": lookup_refund, "transfer": lookup_payout}
    if kind not in readers:
        return []
    body = readers[kind](call, {"reference": {"_0": id}})
    return [{"refund" if kind == "refund" else "payout": {"_0": body}}] if body else []


def methods(call, amount):
    try:
        units(amount)
    except Refused:
        return []
    return [{"code": code, "label": "Test card: " + code[3:]} for code in call.made["cards"]]


def check(call):
    get(call, "/v1/balance")
    return []


if __name__ == "__main__":
    serve({"contract": 5, "name": "stripe-accounts", "roles": [
        "payment", "payouts", "accounts", "bankPayouts", "orderedBankPayouts"]}, make, {
            "check": check, "methods": methods, "start": start, "capture": capture, "void": void,
            "lookup": lookup, "refund": refund, "lookupRefund": lookup_refund, "verify": verify,
            "events": events, "pay": pay, "lookupPayout": lookup_payout,
            "openAccount": open_account, "account": find_account, "onboardingLink": link,
            "transfer": transfer, "reverse": reverse, "lookupReversal": lookup_reversal,
            "bankPayouts": bank_payouts, "bankPayoutsIn": bank_payouts_in, "funds": funds,
            "payOut": pay_out, "lookupBankPayout": lookup_bank_payout,
            "originalBankPayout": original})
