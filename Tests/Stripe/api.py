"""Stripe's API over the books: who asks, how often under which key, for what."""

import copy
import hashlib
import json
import re
import secrets
import threading
from urllib.parse import urlsplit

import form
import objects
from books import missing
from objects import Refused

EXPANDABLE = {
    "latest_charge": "charges", "payment_intent": "payment_intents", "charge": "charges",
    "balance_transaction": "balance_transactions", "transfer": "transfers"}
PREFIXES = {"ch": "charges", "re": "refunds", "tr": "transfers", "trr": "reversals",
            "du": "disputes", "po": "payouts", "pi": "payment_intents"}


class API:
    """- Parameter schema: complains of requests that the vendor's types do not allow, or None."""

    def __init__(self, books, schema=None, journal=None):
        self.books, self.schema, self.journal = books, schema, journal
        self.answers = {}
        self.under_way = set()
        self.guard = threading.Lock()
        self.requests = 0
        self.complaints = []

    def answer(self, method, target, headers, body):
        """- Returns: a status, headers, a body and whether the call was really made."""
        answer = self.decide(method, target, headers, body)
        if self.journal:
            with self.guard:
                said = {name: headers.get(name) for name in ("Stripe-Version", "Idempotency-Key")}
                self.journal.write(
                    json.dumps([method, target, body, answer[0], answer[2], said]) + "\n")
                self.journal.flush()
        return answer

    def decide(self, method, target, headers, body):
        url = urlsplit(target)
        request_id = {"Request-Id": f"req_{secrets.token_hex(7)}"}
        try:
            self.identify(headers)
            self.note(method, target, body)
            if method != "POST":
                return 200, request_id, self.act(method, url.path, url.query, headers), True
            return self.once(url.path, body, headers, request_id)
        except Refused as refused:
            return refused.status, request_id, {"error": refused.error}, False

    def note(self, method, target, body):
        with self.guard:
            self.requests += 1
        complaints = self.schema.check(method, target, body) if self.schema else []
        if complaints:
            self.complaints.append(f"{method} {target}: {'; '.join(complaints)}")
            raise Refused(400, "parameter_unknown", complaints[0])

    @staticmethod
    def identify(headers):
        authorization = headers.get("Authorization", "")
        if not re.match(r"Bearer (sk|rk)_test_\w+$", authorization):
            raise Refused(401, None, "Invalid API Key provided")
        if not re.match(r"\d{4}-\d\d-\d\d\.\w+$", headers.get("Stripe-Version", "2026-06-24.x")):
            raise Refused(400, "invalid_api_version", "Invalid Stripe API version")

    # Idempotency: docs.stripe.com/api/idempotent_requests

    def once(self, path, body, headers, more):
        key = headers.get("Idempotency-Key")
        if key is None:
            return self.perform(path, body, headers, more)
        if not 0 < len(key) <= 255:
            raise Refused(400, "idempotency_key_invalid", "The key is too long")
        digest = hashlib.sha256(f"{path}\n{body}".encode()).hexdigest()
        scope = (headers.get("Stripe-Account"), key)
        with self.guard:
            if scope in self.under_way:
                raise Refused(409, "idempotency_key_in_use", "This key is under way",
                              type="idempotency_error")
            if scope in self.answers:
                kept = self.answers[scope]
                if kept[0] != digest:
                    raise Refused(400, None, "The key came with other parameters",
                                  type="idempotency_error")
                return kept[1], {**more, "Idempotent-Replayed": "true"}, kept[2], False
            self.under_way.add(scope)
        try:
            status, more, answer, was_made = self.perform(path, body, headers, more)
            # A call that was never really made leaves nothing behind.
            if was_made or status == 402:
                with self.guard:
                    self.answers[scope] = (digest, status, answer)
            return status, more, answer, was_made
        finally:
            with self.guard:
                self.under_way.discard(scope)

    def store_failure(self, path, body, headers):
        """Stripe fails by itself, and keeps that failure under the key."""
        scope = (headers.get("Stripe-Account"), headers.get("Idempotency-Key"))
        digest = hashlib.sha256(f"{path}\n{body}".encode()).hexdigest()
        answer = {"error": {"type": "api_error", "message": "An unknown error occurred"}}
        with self.guard:
            self.answers.setdefault(scope, (digest, 500, answer))
        return answer

    def perform(self, path, body, headers, more):
        try:
            return 200, more, self.act("POST", path, body, headers), True
        except Refused as refused:
            return refused.status, more, {"error": refused.error}, False

    # Routes

    def act(self, method, path, text, headers):
        params = form.values(text)
        expand = params.pop("expand", [])
        account = headers.get("Stripe-Account")
        with self.books.lock:
            for verb, pattern, act in self.routes():
                match = re.fullmatch(pattern, path)
                if match and verb == method:
                    answer = copy.deepcopy(act(*match.groups(), params, account))
                    break
            else:
                raise Refused(404, None, f"Unrecognized request URL ({method}: {path}).")
            for way in expand:
                self.expand(answer, way.split("."))
        return public(answer)

    def expand(self, node, way):
        if isinstance(node, list):
            for item in node:
                self.expand(item, way)
            return
        if not isinstance(node, dict) or not way:
            return
        field, rest = way[0], way[1:]
        value = node.get(field)
        if isinstance(value, str):
            table = EXPANDABLE.get(field) or PREFIXES.get(value.split("_")[0])
            found = self.books.tables.get(table, {}).get(value)
            if found:
                node[field] = copy.deepcopy(found)
        self.expand(node.get(field), rest)

    def routes(self):
        b = self.books
        table = b.tables
        id = r"(\w+)"
        listed = self.listed

        def one(name, kind):
            return lambda i, p, a: b.find(name, i, kind)

        return [
            ("POST", "/v1/payment_intents", lambda p, a: b.create_intent(p)),
            ("GET", "/v1/payment_intents", lambda p, a: listed("payment_intents", p)),
            ("GET", f"/v1/payment_intents/{id}", one("payment_intents", "payment_intent")),
            ("POST", f"/v1/payment_intents/{id}/confirm", lambda i, p, a: b.confirm(
                b.find("payment_intents", i, "payment_intent"), p)),
            ("POST", f"/v1/payment_intents/{id}/capture", lambda i, p, a: b.capture(i, p)),
            ("POST", f"/v1/payment_intents/{id}/cancel", lambda i, p, a: b.cancel(i, p)),
            ("GET", "/v1/charges", lambda p, a: listed("charges", p)),
            ("GET", f"/v1/charges/{id}", one("charges", "charge")),
            ("POST", "/v1/refunds", lambda p, a: b.refund(p)),
            ("GET", "/v1/refunds", lambda p, a: listed("refunds", p)),
            ("GET", f"/v1/refunds/{id}", one("refunds", "refund")),
            ("POST", "/v1/checkout/sessions", lambda p, a: b.create_session(p)),
            ("GET", "/v1/checkout/sessions", lambda p, a: listed("sessions", p)),
            ("GET", f"/v1/checkout/sessions/{id}", one("sessions", "checkout.session")),
            ("POST", f"/v1/checkout/sessions/{id}/expire",
             lambda i, p, a: b.expire_session(i)),
            ("POST", "/v1/accounts", lambda p, a: b.create_account(p)),
            ("GET", "/v1/accounts", lambda p, a: listed("accounts", p)),
            ("GET", f"/v1/accounts/{id}", lambda i, p, a: b.account(i)),
            ("POST", "/v1/account_links", lambda p, a: b.create_link(p)),
            ("POST", "/v1/transfers", lambda p, a: b.create_transfer(p)),
            ("GET", "/v1/transfers", lambda p, a: listed("transfers", p)),
            ("GET", f"/v1/transfers/{id}", one("transfers", "transfer")),
            ("POST", f"/v1/transfers/{id}/reversals", lambda i, p, a: b.reverse(i, p)),
            ("GET", f"/v1/transfers/{id}/reversals", lambda i, p, a: listed(
                "reversals", {**p, "transfer": b.find("transfers", i, "transfer")["id"]})),
            ("GET", f"/v1/transfers/{id}/reversals/{id}", lambda t, i, p, a: self.reversal(t, i)),
            ("POST", "/v1/payouts", lambda p, a: b.order_payout(p, a)),
            ("GET", "/v1/payouts", lambda p, a: listed("payouts", p, b.payouts_of(a))),
            ("GET", f"/v1/payouts/{id}", lambda i, p, a: b.payout_of(i, a)),
            ("GET", "/v1/balance", lambda p, a: b.balance(a)),
            ("GET", "/v1/balance_transactions", lambda p, a: listed("balance_transactions", p)),
            ("GET", f"/v1/balance_transactions/{id}",
             one("balance_transactions", "balance_transaction")),
            ("GET", "/v1/disputes", lambda p, a: listed("disputes", p)),
            ("GET", f"/v1/disputes/{id}", one("disputes", "dispute")),
            ("POST", f"/v1/disputes/{id}/close", lambda i, p, a: b.end_dispute(i, "lost")),
            ("GET", "/v1/events", lambda p, a: listed("events", p)),
            ("GET", f"/v1/events/{id}", one("events", "event")),
            ("POST", "/v1/webhook_endpoints", lambda p, a: b.keep(
                "webhook_endpoints", objects.stamp(
                    "webhook_endpoint", objects.new_id("we"), url=p["url"], status="enabled",
                    secret=f"whsec_{secrets.token_hex(16)}", api_version=objects.API_VERSION,
                    enabled_events=p["enabled_events"], metadata={}, application=None,
                    description=None, _connect=p.get("connect", False)))),
            ("GET", "/v1/webhook_endpoints", lambda p, a: listed("webhook_endpoints", p)),
        ]

    def reversal(self, transfer, id):
        found = self.books.find("reversals", id, "transfer_reversal")
        if found["transfer"] != transfer:
            raise missing("transfer_reversal", id)
        return found

    def listed(self, name, params, rows=None):
        """Newest first, filtered, a page of it."""
        rows = list(reversed(self.books.tables[name].values() if rows is None else rows))
        for field in ("payment_intent", "charge", "transfer", "destination", "transfer_group",
                      "type", "source"):
            if field in params:
                rows = [r for r in rows if r.get(field) == params[field]]
        created = params.get("created", {})
        bounds = {"gte": lambda t, b: t >= b, "gt": lambda t, b: t > b,
                  "lte": lambda t, b: t <= b, "lt": lambda t, b: t < b}
        for bound, limit in created.items() if isinstance(created, dict) else []:
            rows = [r for r in rows if bounds[bound](r["created"], limit)]
        limit = params.get("limit", 10)
        if not 1 <= limit <= 100:
            raise Refused(400, "parameter_invalid_integer", "limit is 1 to 100", param="limit")
        if "starting_after" in params:
            ids = [r["id"] for r in rows]
            if params["starting_after"] not in ids:
                raise missing(name, params["starting_after"])
            rows = rows[ids.index(params["starting_after"]) + 1:]
        return {"object": "list", "data": rows[:limit], "has_more": len(rows) > limit,
                "url": f"/v1/{name}"}


def public(value):
    """Without what only the books know."""
    if isinstance(value, list):
        return [public(v) for v in value]
    if isinstance(value, dict):
        return {k: public(v) for k, v in value.items() if not k.startswith("_")}
    return value
