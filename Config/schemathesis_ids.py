"""Ids that exist, for the writes that Config/test has schemathesis make.

Schemathesis makes UUIDs up; a path or a body with one is answered with 404 and the write behind it
is never tried. Before the run this asks the app's own lists, as the same person, for ids of that
person's things, and puts one of them wherever a made-up UUID of the right name stands. Every third
call keeps what was made up, and so does everything that is no UUID, so that 404 and 422 are still
tried.
"""

import collections
import json
import os
import re
import urllib.error
import urllib.request

import schemathesis

base = os.environ["GUILDHALL_FUZZED_URL"]
token = os.environ["GUILDHALL_FUZZED_TOKEN"]
person = {"email": os.environ["GUILDHALL_FUZZED_EMAIL"], "password": "guildhall-demo"}
uuid = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
# Where lists of one noun stand, and what the noun is called in paths and bodies.
lists = {
    "/listings": "listing", "/orders": "order", "/purchases": "purchase", "/reviews": "review",
    "/payouts": "payout", "/wallets": "wallet", "/categories": "category", "/sellers": "seller",
    "/shop/documents": "document", "/providers?kind=payment": "provider",
    "/commission-rules": "rule", "/people": "account", "/ratings": "rating",
    "/attributes": "attribute",
}
known = collections.defaultdict(list)
turn = 0


def get(path):
    request = urllib.request.Request(
        base + "/api/v1" + path, headers={"Authorization": "Bearer " + token})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)
    except urllib.error.HTTPError:
        return {}


def note(noun, value):
    if isinstance(value, str) and uuid.match(value) and value not in known[noun]:
        known[noun].append(value)


def learn(noun, path):
    for item in get(path).get("items", [])[:8]:
        note(noun, item.get("id"))


def learn_parts():
    for listing in list(known["listing"])[:4]:
        detail = get("/listings/" + listing)
        for variant in detail.get("variants", []):
            note("variant", variant.get("id"))
        for image in detail.get("images", []):
            note("image", image.get("id"))
    for purchase in list(known["purchase"])[:4]:
        for order in get("/purchases/" + purchase).get("orders", []):
            note("order", order.get("id"))
    for attribute in get("/attributes").get("items", [])[:1]:
        for value in attribute.get("values", []):
            note("value", value.get("id"))
    for order in list(known["order"])[:4]:
        for line in get("/orders/" + order).get("lines", []):
            note("line", line.get("id"))


for path, noun in lists.items():
    learn(noun, path)
learn_parts()
known["instance"] = known["provider"]
# Who applies to sell once more works for two shops, and has to say for which from then on.
shop = (get("/shop") or {}).get("id")


def noun_of(name):
    """`variantId`, `variant` and `parent` as the noun that they stand for."""
    name = {"parent": "category", "lines": "line"}.get(name, name)
    return name[:-2] if name.endswith("Id") else name


def real(name, value):
    ids = known.get(noun_of(name)) or []
    if not ids or not isinstance(value, str) or not uuid.match(value):
        return value
    return ids[turn % len(ids)]


def put_real(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            value[name] = real(name, inner) if isinstance(inner, str) else inner
            put_real(inner)
    elif isinstance(value, list):
        for inner in value:
            put_real(inner)


csv = "Handle,Title,Variant Price,Variant Inventory Qty\nfuzzed,Fuzzed,9.50,3\n"
# Bodies whose rules go beyond their schema: made up, they are refused each time.
bodies = {
    "POST /api/v1/listings": {
        "title": "A bowl", "variants": [{"price": {"amount": 1900, "currency": "EUR"}}]},
    "PUT /api/v1/listings/{listing}": {
        "title": "A bowl", "variants": [{"price": {"amount": 2100, "currency": "EUR"}}]},
    "POST /api/v1/imports": {"csv": csv, "dryRun": False},
    "POST /api/v1/orders/{order}/shipments": {"carrier": "DHL", "trackingNumber": "X1"},
    "POST /api/v1/shop/documents": {
        "kind": "identity", "fileName": "p.pdf", "content": "JVBERi0xLjcKJSVFT0YK"},
    "POST /api/v1/wallets": {"kind": "platformBalance", "label": "Savings"},
    "POST /api/v1/checkouts": {
        "email": "fuzz@example.com", "lines": [{"variantId": None, "quantity": 1}],
        "address": {"name": "Fuzz", "lines": ["Hauptstr. 5"], "city": "Berlin",
                    "postalCode": "10115", "country": "DE"}},
    "POST /api/v1/cart/lines": {"variantId": None, "quantity": 1},
    "POST /api/v1/categories": {"name": "Fuzzed"},
    "POST /api/v1/commission-rules": {"ratePpm": 100000, "reason": "fuzzed"},
}


def usable(body):
    """The body with an id that exists wherever one is wanted."""
    body = json.loads(json.dumps(body))
    for inner in [body] + body.get("lines", []):
        if "variantId" in inner:
            inner["variantId"] = (known["variant"] or [None])[turn % max(1, len(known["variant"]))]
    return body


@schemathesis.hook
def before_call(context, case, kwargs):
    global turn
    turn += 1
    if shop:
        case.query = {**(case.query or {}), "seller": shop}
    if turn % 3 == 0:
        return
    if isinstance(case.path_parameters, dict):
        for name, value in case.path_parameters.items():
            case.path_parameters[name] = real(name, value)
    if isinstance(case.body, (dict, list)):
        put_real(case.body)
    body = bodies.get(case.method.upper() + " " + case.operation.path)
    if body and isinstance(case.body, dict) and turn % 3 == 1:
        case.body = usable(body)
    if isinstance(case.body, dict) and set(person) <= set(case.body) and turn % 9 == 1:
        case.body.update(person)
