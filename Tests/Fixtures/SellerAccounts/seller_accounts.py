#!/usr/bin/env python3
"""A provider at which sellers have accounts, all of it in this program, for tests. What it paid out
of them to banks stands in book.json beside it; where there is a file `dies` it ends before it has
told of the second page, once."""
import json
import os

from guildhall_frames import Refused, content, serve, signed

FOLDER = os.path.dirname(os.path.abspath(__file__))
PAGE = 2  # payouts
KNOWN = {"pending", "inTransit", "paid", "failed", "canceled"}


def book():
    with open(FOLDER + "/book.json", encoding="utf-8") as file:
        return json.load(file)


def payout(account, row):
    return {**row, "account": account, "amount": {"amount": row["amount"], "currency": "EUR"}}


def account(seller):
    return {"reference": "acct_" + seller, "sellerID": seller, "isReady": True,
            "isSubmitted": True, "requirements": [], "asOf": "2026-11-22T12:00:00Z"}


# What the host asks, by the names and the parts of its questions.

def bank_payouts(call, account, since, cursor=None):
    first = int(cursor or 0)
    if first and os.path.exists(FOLDER + "/dies"):
        os.remove(FOLDER + "/dies")
        os._exit(1)
    rows = [row for row in book() if row["madeAt"] >= since]
    page = rows[first:first + PAGE]
    return {"payouts": [payout(account, row) for row in page if row["status"] in KNOWN],
            "unreadable": [row["reference"] for row in page if row["status"] not in KNOWN],
            "next": str(first + PAGE) if len(rows) > first + PAGE else None}


def bank_payouts_in(call, webhook):
    event = content(webhook)
    rows = [row for row in book() if row["reference"] == event.get("payout")]
    for row in rows:
        if row["status"] not in KNOWN:
            code = f"bank_payout_unreadable|{event['account']}|{row['reference']}"
            raise Refused("invalidRequest", code=code, message=f"The payout is {row['status']}.")
    return [payout(event["account"], row) for row in rows]


def verify(call, delivery):
    event = signed(delivery, "accounts-signature", [call.made["secrets"]["webhookSecret"]])
    return {"eventID": event["id"], "kind": "payout", "occurredAt": delivery["receivedAt"],
            "body": delivery["body"]}


def find_account(call, key):
    (by, value), = key.items()
    return account(value["_0"].removeprefix("acct_")) if by == "reference" else None


if __name__ == "__main__":
    serve({"contract": 5, "name": "seller-accounts",
           "roles": ["payment", "payouts", "accounts", "bankPayouts"]}, lambda settings: settings, {
        "check": lambda call: [], "methods": lambda call, amount: [], "verify": verify,
        "events": lambda call, webhook: [], "bankPayouts": bank_payouts,
        "bankPayoutsIn": bank_payouts_in, "account": find_account,
        "openAccount": lambda call, request: account(request["sellerID"]),
        "onboardingLink": lambda call, request: {
            "url": "http://127.0.0.1/onboarding", "expiresAt": "2099-01-01T00:00:00Z"}})
