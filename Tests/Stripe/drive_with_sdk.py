#!/usr/bin/env python3
"""The vendor's own Python library uses the fake Stripe, and so judges it.

`drive_with_sdk.py` starts `server.py` with the vendor's types as its schema, and goes through
payments, refunds, pages, connected accounts, transfers, disputes, lists and webhooks, with faults
that only the library's own retries overcome. Needs the package `stripe`.
"""

import http.server
import json
import pathlib
import subprocess
import sys
import threading
import time
import urllib.request

import stripe

HERE = pathlib.Path(__file__).parent
SECRETS = {"account": "whsec_account_4f1c", "connect": "whsec_connect_90ab"}
checks = 0


def expect(condition, what):
    global checks
    checks += 1
    if not condition:
        sys.exit(f"The vendor's library found fault: {what}")


def refused(kind, code, call):
    try:
        call()
    except kind as error:
        # The library itself leaves the code of a 429 in the body.
        expect(error.error.code == code, f"{code} came as {error.error.code}: {error}")
        return error
    expect(False, f"{code}: it was not refused")


class Fake:
    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, HERE / "server.py", "0", "--schema",
             str(pathlib.Path(stripe.__file__).parent)], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def control(self, path, given=None):
        body = None if given is None else json.dumps(given).encode()
        with urllib.request.urlopen(f"{self.url}/_/{path}", body, timeout=10) as answer:
            return json.load(answer)

    def client(self, retries=0):
        return stripe.StripeClient(
            "sk_test_fake", base_addresses={"api": self.url}, max_network_retries=retries).v1


class Inbox:
    """Takes webhooks in, each checked by the vendor's library, and refuses the first one."""

    def __init__(self):
        self.events, self.bad, self.is_first = [], [], True
        inbox = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *words):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                way = self.path.strip("/")
                status = 500 if inbox.is_first else 200
                inbox.is_first = False
                try:
                    event = stripe.Webhook.construct_event(
                        body, self.headers["Stripe-Signature"], SECRETS[way])
                    if status == 200:
                        inbox.events.append((way, event))
                except stripe.SignatureVerificationError as error:
                    inbox.bad.append(str(error))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def types(self, way):
        return [event.type for w, event in self.events if w == way]


def payments(c):
    paid = c.payment_intents.create({
        "amount": 4250, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa",
        "payment_method_types": ["card"], "transfer_group": "g1", "expand": ["latest_charge"],
        "metadata": {"order": "é 1"}})
    expect(paid.status == "succeeded" and paid.amount_received == 4250, "a payment")
    expect(paid.latest_charge.amount_captured == 4250, "an expanded charge")
    expect(paid.metadata["order"] == "é 1", "metadata")
    held = c.payment_intents.create({
        "amount": 4250, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa",
        "payment_method_types": ["card"], "capture_method": "manual"})
    expect(held.status == "requires_capture" and held.amount_capturable == 4250, "a hold")
    refused(stripe.InvalidRequestError, "payment_intent_unexpected_state",
            lambda: c.refunds.create({"payment_intent": held.id}))
    refused(stripe.InvalidRequestError, "amount_too_large",
            lambda: c.payment_intents.capture(held.id, {"amount_to_capture": 4251}))
    part = c.payment_intents.capture(held.id, {"amount_to_capture": 4000})
    expect(part.amount_received == 4000 and part.status == "succeeded", "a partial capture")
    refused(stripe.InvalidRequestError, "payment_intent_unexpected_state",
            lambda: c.payment_intents.capture(held.id))
    other = c.payment_intents.create({
        "amount": 100, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa",
        "payment_method_types": ["card"], "capture_method": "manual"})
    expect(c.payment_intents.cancel(other.id).status == "canceled", "a cancelled hold")
    error = refused(stripe.CardError, "card_declined", lambda: c.payment_intents.create({
        "amount": 100, "currency": "eur", "confirm": True, "payment_method_types": ["card"],
        "payment_method": "pm_card_chargeDeclinedInsufficientFunds"}))
    expect(error.http_status == 402 and error.error.decline_code == "insufficient_funds",
           "a decline")
    asks = c.payment_intents.create({
        "amount": 100, "currency": "eur", "confirm": True, "payment_method_types": ["card"],
        "payment_method": "pm_card_authenticationRequired", "return_url": "https://m.example"})
    expect(asks.next_action.type == "redirect_to_url", "a card whose bank asks")
    refused(stripe.InvalidRequestError, "parameter_invalid_integer",
            lambda: c.payment_intents.create({"amount": 1001, "currency": "kwd"}))
    refused(stripe.InvalidRequestError, "parameter_unknown",
            lambda: c.payment_intents.create({"amount": 100, "currency": "eur", "colour": "red"}))
    refused(stripe.InvalidRequestError, "resource_missing",
            lambda: c.payment_intents.retrieve("pi_unknown"))
    return paid


def refunds(c, paid):
    first = c.refunds.create({"payment_intent": paid.id, "amount": 250})
    expect(first.status == "succeeded" and first.amount == 250, "a partial refund")
    refused(stripe.InvalidRequestError, "amount_too_large",
            lambda: c.refunds.create({"payment_intent": paid.id, "amount": 4001}))
    c.refunds.create({"payment_intent": paid.id})
    refused(stripe.InvalidRequestError, "charge_already_refunded",
            lambda: c.refunds.create({"payment_intent": paid.id}))
    listed = c.refunds.list({"payment_intent": paid.id})
    expect([r.amount for r in listed.data] == [4000, 250], "refunds, newest first")
    line = c.balance_transactions.retrieve(first.balance_transaction)
    expect(line.net == -250 and line.type == "refund", "a refund's movement")


def keys(c):
    params = {"amount": 777, "currency": "eur"}
    one = c.payment_intents.create(params, {"idempotency_key": "k1"})
    two = c.payment_intents.create(params, {"idempotency_key": "k1"})
    expect(one.id == two.id, "one key, one payment")
    expect(two.last_response.headers["Idempotent-Replayed"] == "true", "a replay says so")
    try:
        c.payment_intents.create({**params, "amount": 778}, {"idempotency_key": "k1"})
        expect(False, "a key with other parameters")
    except stripe.IdempotencyError:
        pass


def pages(c, fake):
    session = c.checkout.sessions.create({
        "mode": "payment", "success_url": "https://m.example/back", "line_items": [{
            "quantity": 1, "price_data": {"currency": "eur", "unit_amount": 990,
                                          "product_data": {"name": "A cup"}}}],
        "payment_intent_data": {"metadata": {"a": "b"}, "capture_method": "manual"}})
    expect(session.status == "open" and session.payment_intent is None, "an open page")
    opener = urllib.request.build_opener(NoRedirect)
    answer = opener.open(session.url, b"choice=pm_card_visa", timeout=5)
    expect(answer.headers["Location"] == "https://m.example/back", "the way back")
    session = c.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    expect(session.status == "complete", "a page that was paid at")
    expect(session.payment_intent.status == "requires_capture", "its payment")
    expect(session.payment_intent.metadata["a"] == "b", "its payment's metadata")
    found = c.checkout.sessions.list({"payment_intent": session.payment_intent.id})
    expect([s.id for s in found.data] == [session.id], "a page by its payment")
    other = c.checkout.sessions.create({
        "mode": "payment", "success_url": "https://m.example", "line_items": [{
            "quantity": 2, "price_data": {"currency": "eur", "unit_amount": 100,
                                          "product_data": {"name": "Two"}}}]})
    expect(other.amount_total == 200, "two of it")
    expect(c.checkout.sessions.expire(other.id).status == "expired", "a closed page")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *given):
        return None

    def http_error_303(self, request, answer, *given):
        return answer


def connect(c, fake):
    account = c.accounts.create({
        "controller": {"fees": {"payer": "application"}, "losses": {"payments": "application"},
                       "requirement_collection": "stripe",
                       "stripe_dashboard": {"type": "express"}},
        "country": "DE", "email": "mira@example.com",
        "capabilities": {"transfers": {"requested": True}}})
    expect(account.requirements.currently_due and not account.payouts_enabled, "a new account")
    link = c.account_links.create({
        "account": account.id, "type": "account_onboarding",
        "return_url": "https://m.example/return", "refresh_url": "https://m.example/refresh"})
    expect(link.expires_at > time.time(), "a link")
    refused(stripe.InvalidRequestError, "insufficient_capabilities_for_transfer",
            lambda: c.transfers.create(
                {"amount": 1, "currency": "eur", "destination": account.id}))
    answer = urllib.request.build_opener(NoRedirect).open(link.url, b"choice=complete")
    expect(answer.headers["Location"] == "https://m.example/return", "the seller's way back")
    account = c.accounts.retrieve(account.id)
    expect(account.capabilities.transfers == "active" and account.payouts_enabled, "it is ready")
    paid = c.payment_intents.create({
        "amount": 10000, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa",
        "payment_method_types": ["card"]})
    transfer = c.transfers.create({
        "amount": 9000, "currency": "eur", "destination": account.id,
        "source_transaction": paid.latest_charge})
    refused(stripe.InvalidRequestError, "transfer_source_balance_parameters_mismatch",
            lambda: c.transfers.create({
                "amount": 1001, "currency": "eur", "destination": account.id,
                "source_transaction": paid.latest_charge}))
    refused(stripe.InvalidRequestError, "balance_insufficient",
            lambda: c.transfers.create({
                "amount": 99_000_000, "currency": "eur", "destination": account.id}))
    c.transfers.reversals.create(transfer.id, {"amount": 1000})
    refused(stripe.InvalidRequestError, "amount_too_large",
            lambda: c.transfers.reversals.create(transfer.id, {"amount": 8001}))
    transfer = c.transfers.retrieve(transfer.id)
    expect(transfer.amount_reversed == 1000 and not transfer.reversed, "a part taken back")
    expect(len(c.transfers.reversals.list(transfer.id).data) == 1, "its list")
    payout = c.payouts.create({"amount": 8000, "currency": "eur"},
                              {"stripe_account": account.id})
    expect(payout.status == "pending", "a seller's payout")
    own = {"stripe_account": account.id}
    expect([p.id for p in c.payouts.list(options=own).data] == [payout.id], "the seller's list")
    expect(c.payouts.retrieve(payout.id, options=own).amount == 8000, "one of it")
    expect(not c.payouts.list().data, "the platform's own list")
    refused(stripe.InvalidRequestError, "resource_missing", lambda: c.payouts.retrieve(payout.id))
    for state in ("in_transit", "paid", "failed"):
        fake.control(f"payouts/{payout.id}/{state}", {})
    back = c.payouts.retrieve(payout.id, options=own)
    expect(back.status == "failed" and back.failure_code == "account_closed", "sent back")
    expect(fake.control("books")["accounts"][account.id]["eur"] == 8000, "in the account again")
    again = c.payouts.create({"amount": 8000, "currency": "eur"}, own)
    refused(stripe.InvalidRequestError, "balance_insufficient",
            lambda: c.payouts.create({"amount": 1, "currency": "eur"}, own))
    left = c.balance.retrieve(options={"stripe_account": account.id})
    expect(left.available[0].amount == 0, "the seller's balance, for whoever acts on it")
    expect(fake.control("books")["accounts"][account.id]["eur"] == 0, "the seller's balance")
    for state in ("in_transit", "paid"):
        fake.control(f"payouts/{again.id}/{state}", {})
    taken = c.payouts.retrieve(fake.control(f"payouts/{again.id}/reverse", {})["id"], options=own)
    expect(taken.amount == -8000 and taken.original_payout == again.id, "taken back")
    expect(c.payouts.retrieve(again.id, options=own).reversed_by == taken.id, "and says by what")
    fake.control(f"accounts/{account.id}/schedule/manual", {})
    schedule = c.accounts.retrieve(account.id).settings.payouts.schedule
    expect(schedule.interval == "manual", "a schedule")


def disputes(c, fake):
    paid = c.payment_intents.create({
        "amount": 5000, "currency": "eur", "confirm": True,
        "payment_method": "pm_card_createDispute", "payment_method_types": ["card"]})
    dispute = c.disputes.list({"payment_intent": paid.id}).data[0]
    expect(dispute.status == "needs_response", "a dispute")
    expect([t.net for t in dispute.balance_transactions] == [-6500], "amount and fee are taken")
    since = c.disputes.list({"created": {"gte": dispute.created}, "limit": 1,
                             "expand": ["data.payment_intent"]})
    expect(since.data[0].payment_intent.id == paid.id, "listed by its time, with its payment")
    expect(not c.disputes.list({"created": {"gt": dispute.created + 5}}).data, "none is newer")
    refused(stripe.InvalidRequestError, "charge_disputed",
            lambda: c.refunds.create({"payment_intent": paid.id}))
    fake.control(f"disputes/{dispute.id}/won", {})
    dispute = c.disputes.retrieve(dispute.id)
    expect(dispute.status == "won" and sum(t.net for t in dispute.balance_transactions) == -1500,
           "what was won comes back, but not the fee")


def lists(c):
    seen = [t.id for t in c.balance_transactions.list({"limit": 3}).auto_paging_iter()]
    expect(len(seen) == len(set(seen)) > 6, "pages of three, none twice")
    total = sum(t.net for t in c.balance_transactions.list({"limit": 100}).auto_paging_iter())
    expect(total == c.balance.retrieve().available[0].amount, "the movements make the balance")


def faults(fake):
    """The library repeats with the same key; what was lost is charged once all the same."""
    c = fake.client(retries=5)
    before = len(fake.control("books")["payments"])
    fake.control("faults", {"only": "^POST /v1/payment_intents$", "next": [
        "lost", "conflict", "gone", "held"], "held_seconds": 0})
    paid = c.payment_intents.create({
        "amount": 1234, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa",
        "payment_method_types": ["card"]})
    expect(paid.status == "succeeded", "a payment in spite of it all")
    expect(len(fake.control("books")["payments"]) == before + 1, "and only one")
    fake.control("faults", {"next": ["busy"]})
    refused(stripe.RateLimitError, "rate_limit", lambda: fake.client().balance.retrieve())
    fake.control("faults", {"next": ["broken"]})
    key = {"idempotency_key": "kept"}
    for _ in range(2):
        try:
            fake.client().payment_intents.create({"amount": 99, "currency": "eur"}, key)
            expect(False, "a failure of Stripe's own")
        except stripe.APIError:
            pass
    fake.control("faults", {})


def webhooks(fake, inbox):
    deadline = time.monotonic() + 10
    while fake.control("state")["courier"]["waiting"] and time.monotonic() < deadline:
        time.sleep(0.05)
    expect(not inbox.bad, f"a signature: {inbox.bad[:1]}")
    ids = [event.id for _, event in inbox.events]
    expect(len(ids) > len(set(ids)), "some came twice")
    for wanted in ("payment_intent.succeeded", "charge.refunded", "charge.dispute.created",
                   "charge.dispute.funds_reinstated", "transfer.reversed",
                   "checkout.session.completed", "payment_intent.payment_failed"):
        expect(wanted in inbox.types("account"), wanted)
    expect(set(inbox.types("connect")) == {
        "account.updated", "payout.created", "payout.updated", "payout.paid", "payout.failed"},
           "Connect's events")
    first = list(dict.fromkeys(ids))
    expect(first != sorted(first), "not in their order")


def main():
    fake, inbox = Fake(), Inbox()
    try:
        fake.control("endpoints", {
            way: [f"{inbox.url}/{way}", secret] for way, secret in SECRETS.items()})
        fake.control("chaos", {"double": 0.2, "late": 0.3, "late_seconds": 0.5, "shuffle": True})
        c = fake.client()
        paid = payments(c)
        refunds(c, paid)
        keys(c)
        pages(c, fake)
        connect(c, fake)
        disputes(c, fake)
        lists(c)
        faults(fake)
        webhooks(fake, inbox)
        state = fake.control("state")
        expect(len(state["complaints"]) == 1, f"complaints: {state['complaints']}")
        print(f"stripe {stripe.VERSION} drove the fake: {state['requests']} requests, "
              f"{checks} checks, {len(inbox.events)} webhooks whose signatures hold")
    finally:
        fake.process.terminate()
        fake.process.wait(5)


if __name__ == "__main__":
    main()
