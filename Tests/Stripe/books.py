"""What the fake Stripe knows, and the rules by which its money moves.

Every change happens under one lock and leaves events behind. Nothing here knows of HTTP.
"""

import copy
import threading
import time

import objects
from objects import Refused

ZERO_DECIMAL = set("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
THREE_DECIMAL = set("bhd jod kwd omr tnd".split())
AMOUNT_MAX = 99_999_999
DISPUTE_FEE = 1500
DECLINES = {
    "pm_card_chargeDeclined": ("card_declined", "generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": ("card_declined", "insufficient_funds"),
    "pm_card_chargeDeclinedExpiredCard": ("expired_card", None),
    "pm_card_chargeDeclinedLostCard": ("card_declined", "lost_card"),
}


def missing(kind, id):
    return Refused(404, "resource_missing", f"No such {kind}: '{id}'", param="id")


class Books:
    def __init__(self, url, fee_ppm=29_000, fee_fixed=30):
        self.url = url
        self.fee_ppm, self.fee_fixed = fee_ppm, fee_fixed
        self.lock = threading.RLock()
        self.tables = {name: {} for name in (
            "payment_intents charges sessions refunds transfers reversals accounts disputes "
            "balance_transactions payouts events webhook_endpoints").split()}
        self.links = {}
        # By currency: what of the balance is still on its way into it.
        self.pending = {}
        self.announce = lambda event: None

    # Finding

    def find(self, table, id, kind):
        if id not in self.tables[table]:
            raise missing(kind, id)
        return self.tables[table][id]

    def keep(self, table, object):
        self.tables[table][object["id"]] = object
        return object

    def tell(self, type, object, account=None):
        event = objects.event(type, copy.deepcopy(object), account)
        self.keep("events", event)
        self.announce(event)

    # The platform's balance

    def move(self, type, source, amount, currency, fee=0):
        line = objects.balance_transaction(
            type, source["id"], amount, fee, currency, int(time.time()))
        source_field = "balance_transaction"
        if source_field in source:
            source[source_field] = line["id"]
        return self.keep("balance_transactions", line)

    def total(self, currency):
        return sum(line["net"] for line in self.tables["balance_transactions"].values()
                   if line["currency"] == currency)

    def available(self, currency):
        return self.total(currency) - self.pending.get(currency, 0)

    @staticmethod
    def amount(value, currency):
        if value <= 0:
            raise Refused(400, "parameter_invalid_integer", "Invalid positive integer",
                          param="amount")
        if value > AMOUNT_MAX:
            raise Refused(400, "amount_too_large", "Amount must be no more than 99999999",
                          param="amount")
        if currency in THREE_DECIMAL and value % 10:
            raise Refused(400, "parameter_invalid_integer",
                          "The last digit of a three-decimal amount must be 0", param="amount")
        if currency in ("isk", "ugx") and value % 100:
            raise Refused(400, "parameter_invalid_integer",
                          "There are no hundredths of this currency", param="amount")
        if currency in ("usd", "eur") and value < 50:
            raise Refused(400, "amount_too_small", "Amount must be at least 50 cents",
                          param="amount")
        return value

    # Payments

    def create_intent(self, params):
        currency = params["currency"].lower()
        intent = objects.payment_intent(self.amount(params["amount"], currency), currency, params)
        self.keep("payment_intents", intent)
        self.tell("payment_intent.created", intent)
        if params.get("confirm"):
            self.confirm(intent, params)
        elif params.get("payment_method"):
            intent["payment_method"] = params["payment_method"]
            intent["status"] = "requires_confirmation"
        return intent

    def confirm(self, intent, params):
        if intent["status"] not in (
                "requires_payment_method", "requires_confirmation", "requires_action"):
            raise self.unexpected(intent, "confirm")
        method = params.get("payment_method") or intent["payment_method"]
        if not method:
            raise Refused(400, "parameter_missing", "You must provide a payment method",
                          param="payment_method")
        intent["payment_method"] = method
        intent["next_action"] = None
        if method in DECLINES:
            code, decline = DECLINES[method]
            error = {"type": "card_error", "code": code, "message": "Your card was declined."}
            if decline:
                error["decline_code"] = decline
            intent["status"] = "requires_payment_method"
            intent["payment_method"] = None
            intent["last_payment_error"] = error
            self.tell("payment_intent.payment_failed", intent)
            raise Refused(402, payment_intent=copy.deepcopy(intent), **error)
        if method == "pm_card_authenticationRequired":
            intent["status"] = "requires_action"
            intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": {
                "url": f"{self.url}/c/3ds/{intent['id']}",
                "return_url": params.get("return_url")}}
            self.tell("payment_intent.requires_action", intent)
            return intent
        return self.charge(intent)

    def charge(self, intent):
        """The bank agreed."""
        captures = intent["capture_method"] != "manual"
        charge = self.keep("charges", objects.charge(intent, captures))
        intent["latest_charge"] = charge["id"]
        intent["last_payment_error"] = None
        intent["next_action"] = None
        self.tell("charge.succeeded", charge)
        if not captures:
            intent["status"] = "requires_capture"
            intent["amount_capturable"] = intent["amount"]
            self.tell("payment_intent.amount_capturable_updated", intent)
            return intent
        self.settle(intent, charge, intent["amount"])
        if intent["payment_method"] == "pm_card_createDispute":
            self.dispute(charge, "fraudulent")
        return intent

    def settle(self, intent, charge, amount):
        fee = amount * self.fee_ppm // 1_000_000 + (self.fee_fixed if self.fee_ppm else 0)
        self.move("charge", charge, amount, charge["currency"], min(fee, amount))
        intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
        self.tell("payment_intent.succeeded", intent)

    def capture(self, id, params):
        intent = self.find("payment_intents", id, "payment_intent")
        if intent["status"] != "requires_capture":
            raise self.unexpected(intent, "capture")
        amount = params.get("amount_to_capture", intent["amount_capturable"])
        if not 0 < amount <= intent["amount_capturable"]:
            raise Refused(400, "amount_too_large", "More than can be captured",
                          param="amount_to_capture")
        charge = self.tables["charges"][intent["latest_charge"]]
        # What is not captured is released, which Stripe counts as given back.
        charge.update(captured=True, amount_captured=amount,
                      amount_refunded=charge["amount"] - amount)
        self.tell("charge.captured", charge)
        self.settle(intent, charge, amount)
        return intent

    def cancel(self, id, params):
        intent = self.find("payment_intents", id, "payment_intent")
        if intent["status"] in ("succeeded", "canceled"):
            raise self.unexpected(intent, "cancel")
        session = self.session_of(id)
        if session and session["status"] == "open":
            raise self.unexpected(intent, "cancel")
        if intent["latest_charge"]:
            charge = self.tables["charges"][intent["latest_charge"]]
            charge.update(refunded=True, amount_refunded=charge["amount"])
        intent.update(
            status="canceled", canceled_at=int(time.time()), amount_capturable=0,
            cancellation_reason=params.get("cancellation_reason"), next_action=None)
        self.tell("payment_intent.canceled", intent)
        return intent

    def lapse(self, id):
        """The card's bank holds the money no longer, about a week after it was reserved
        (docs.stripe.com/payments/place-a-hold-on-a-payment-method)."""
        intent = self.find("payment_intents", id, "payment_intent")
        if intent["status"] != "requires_capture":
            raise self.unexpected(intent, "lapse")
        self.tell("charge.expired", self.tables["charges"][intent["latest_charge"]])
        return self.cancel(id, {"cancellation_reason": "automatic"})

    @staticmethod
    def unexpected(intent, act):
        return Refused(
            400, "payment_intent_unexpected_state",
            f"You cannot {act} this PaymentIntent because it has a status of "
            f"{intent['status']}.", payment_intent=copy.deepcopy(intent))

    # Checkout's page

    def create_session(self, params):
        items = params.get("line_items", [])
        if params.get("mode") != "payment" or not items:
            raise Refused(400, "parameter_missing", "A payment has lines", param="line_items")
        currency = items[0]["price_data"]["currency"].lower()
        amount = sum(i["price_data"]["unit_amount"] * i.get("quantity", 1) for i in items)
        return self.keep("sessions", objects.session(
            params, self.amount(amount, currency), currency, self.url)
            | {"_intent": params.get("payment_intent_data", {})})

    def session_of(self, intent):
        return next((s for s in self.tables["sessions"].values()
                     if s["payment_intent"] == intent), None)

    def pay_session(self, id, method):
        """The customer pays on the page. A declined card leaves it open."""
        session = self.find("sessions", id, "checkout.session")
        if session["status"] != "open":
            raise Refused(400, "checkout_not_open", "This page is closed.")
        intent = self.tables["payment_intents"].get(session["payment_intent"])
        if not intent:
            intent = objects.payment_intent(
                session["amount_total"], session["currency"], session["_intent"])
            self.keep("payment_intents", intent)
            session["payment_intent"] = intent["id"]
            self.tell("payment_intent.created", intent)
        self.confirm(intent, {"payment_method": method})
        session["status"] = "complete"
        session["url"] = None
        if intent["status"] == "succeeded":
            session["payment_status"] = "paid"
        self.tell("checkout.session.completed", session)
        return session

    def expire_session(self, id):
        session = self.find("sessions", id, "checkout.session")
        if session["status"] != "open":
            raise Refused(400, "checkout_not_open", "Only an open page can be closed.")
        session.update(status="expired", url=None)
        intent = self.tables["payment_intents"].get(session["payment_intent"])
        if intent:
            intent["status"] = "canceled"
            intent["canceled_at"] = int(time.time())
        self.tell("checkout.session.expired", session)
        return session

    # Refunds

    def refund(self, params):
        charge = self.refundable(params)
        left = charge["amount_captured"] - self.given_back(charge)
        amount = params.get("amount", left)
        if charge["disputed"]:
            raise Refused(400, "charge_disputed", "The charge is disputed.")
        if left <= 0:
            raise Refused(400, "charge_already_refunded", "Charge has already been refunded.")
        if not 0 < amount <= left:
            raise Refused(400, "amount_too_large", f"Refund amount is greater than {left}",
                          param="amount")
        if self.available(charge["currency"]) < amount:
            raise Refused(400, "balance_insufficient", "Insufficient funds in the balance")
        refund = self.keep("refunds", objects.refund(charge, amount, params))
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] >= charge["amount"]
        self.move("refund", refund, -amount, charge["currency"])
        self.tell("refund.created", refund)
        self.tell("charge.refunded", charge)
        return refund

    def refundable(self, params):
        if params.get("charge"):
            return self.find("charges", params["charge"], "charge")
        if not params.get("payment_intent"):
            raise Refused(400, "parameter_missing", "A charge or payment_intent is needed",
                          param="payment_intent")
        intent = self.find("payment_intents", params["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            raise self.unexpected(intent, "refund")
        return self.tables["charges"][intent["latest_charge"]]

    def given_back(self, charge):
        return sum(r["amount"] for r in self.tables["refunds"].values()
                   if r["charge"] == charge["id"] and r["status"] not in ("failed", "canceled"))

    def fail_refund(self, id):
        """The customer's bank sends a refund back, up to a month later."""
        refund = self.find("refunds", id, "refund")
        refund.update(status="failed", failure_reason="expired_or_canceled_card")
        charge = self.tables["charges"][refund["charge"]]
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        line = self.move("refund_failure", {"id": id}, refund["amount"], refund["currency"])
        refund["failure_balance_transaction"] = line["id"]
        self.tell("refund.failed", refund)
        # The old name of it, which endpoints may still ask for.
        self.tell("charge.refund.updated", refund)
        return refund

    # Disputes

    def dispute(self, charge, reason, inquiry=False):
        if charge["disputed"]:
            raise Refused(400, "charge_disputed", "It is disputed already.")
        dispute = self.keep("disputes", objects.dispute(
            charge, reason, "warning_needs_response" if inquiry else "needs_response"))
        charge["disputed"] = True
        if not inquiry:
            self.withdraw(dispute)
        self.tell("charge.dispute.created", dispute)
        return dispute

    def withdraw(self, dispute):
        line = self.move("adjustment", dispute, -dispute["amount"], dispute["currency"],
                         DISPUTE_FEE)
        dispute["balance_transactions"].append(line)
        self.tell("charge.dispute.funds_withdrawn", dispute)

    def end_dispute(self, id, outcome):
        dispute = self.find("disputes", id, "dispute")
        if dispute["status"] in ("won", "lost", "warning_closed"):
            raise Refused(400, "dispute_closed", "This dispute is over.")
        was_withdrawn = bool(dispute["balance_transactions"])
        dispute["status"] = outcome if was_withdrawn else "warning_closed"
        if outcome == "won" and was_withdrawn:
            line = self.move("adjustment", dispute, dispute["amount"], dispute["currency"])
            dispute["balance_transactions"].append(line)
            self.tell("charge.dispute.funds_reinstated", dispute)
        if outcome == "won" or not was_withdrawn:
            self.tables["charges"][dispute["charge"]]["disputed"] = False
        self.tell("charge.dispute.closed", dispute)
        return dispute
