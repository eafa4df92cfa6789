"""Connected accounts, transfers to them and what is taken back of those."""

import secrets
import time

import objects
from books import Books, Refused, missing


class ConnectBooks(Books):
    def create_account(self, params):
        if "type" in params and "controller" in params:
            raise Refused(400, "parameter_invalid", "Either type or controller", param="type")
        account = self.keep("accounts", objects.account(params))
        self.tell("account.updated", account, account["id"])
        return account

    def create_link(self, params):
        account = self.find("accounts", params["account"], "account")
        if not params.get("return_url") or not params.get("refresh_url"):
            raise Refused(400, "parameter_missing", "return_url and refresh_url are needed",
                          param="return_url")
        token = secrets.token_hex(8)
        self.links[token] = (account["id"], params["return_url"], params["refresh_url"])
        now = int(time.time())
        return {"object": "account_link", "created": now, "expires_at": now + 300,
                "url": f"{self.url}/setup/{token}"}

    def complete_account(self, id):
        """The seller has told Stripe everything, and Stripe believes it."""
        account = self.find("accounts", id, "account")
        account.update(
            details_submitted=True, payouts_enabled=True,
            capabilities={"transfers": "active"}, requirements=objects.requirements([]))
        self.tell("account.updated", account, id)
        return account

    def restrict_account(self, id, due):
        account = self.find("accounts", id, "account")
        account.update(
            payouts_enabled=False, capabilities={"transfers": "inactive"},
            requirements=objects.requirements(due, "requirements.past_due"))
        self.tell("account.updated", account, id)
        return account

    def deauthorize_account(self, id):
        """The seller takes the platform's permission back."""
        self.find("accounts", id, "account")["_deauthorized"] = True
        self.tell("account.application.deauthorized",
                  objects.stamp("application", "ca_00000001", name="Guildhall"), id)

    def account(self, id, kind="account"):
        account = self.find("accounts", id, kind)
        if account.get("_deauthorized"):
            raise Refused(403, "account_invalid",
                          f"The provided key does not have access to account '{id}' (or that "
                          "account does not exist). Application access may have been revoked.")
        return account

    # Transfers

    def create_transfer(self, params):
        params = {**params, "currency": params["currency"].lower()}
        if params.get("amount", 0) <= 0:
            raise Refused(400, "parameter_invalid_integer", "Invalid positive integer",
                          param="amount")
        account = self.account(params["destination"], "destination")
        if account["capabilities"]["transfers"] != "active":
            raise Refused(400, "insufficient_capabilities_for_transfer",
                          "The destination has no active transfers capability.")
        source = params.get("source_transaction")
        if source:
            self.check_source(source, params)
        elif self.available(params["currency"]) < params["amount"]:
            raise Refused(400, "balance_insufficient",
                          "You have insufficient available funds in your Stripe account.")
        transfer = self.keep("transfers", objects.transfer(params))
        transfer["reversals"]["url"] = f"/v1/transfers/{transfer['id']}/reversals"
        self.move("transfer", transfer, -transfer["amount"], transfer["currency"])
        self.tell("transfer.created", transfer)
        return transfer

    def check_source(self, source, params):
        charge = self.find("charges", source, "charge")
        if charge["currency"] != params["currency"]:
            raise Refused(400, "currency_mismatch", "The charge has another currency.",
                          param="currency")
        used = sum(t["amount"] - t["amount_reversed"] for t in self.tables["transfers"].values()
                   if t["source_transaction"] == source)
        if used + params["amount"] > charge["amount_captured"]:
            raise Refused(400, "transfer_source_balance_parameters_mismatch",
                          "More than the charge is transferred.", param="amount")
        params.setdefault("transfer_group", charge["transfer_group"])

    def reverse(self, id, params):
        transfer = self.find("transfers", id, "transfer")
        left = transfer["amount"] - transfer["amount_reversed"]
        amount = params.get("amount", left)
        if not 0 < amount <= left:
            raise Refused(400, "amount_too_large", f"Only {left} can be reversed",
                          param="amount")
        if self.balance_of(transfer["destination"], transfer["currency"]) < amount:
            raise Refused(400, "balance_insufficient", "The account has not so much.")
        reversal = self.keep("reversals", objects.reversal(transfer, amount, params))
        transfer["amount_reversed"] += amount
        transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
        transfer["reversals"]["data"].insert(0, reversal)
        self.move("transfer_refund", reversal, amount, transfer["currency"])
        self.tell("transfer.reversed", transfer)
        return reversal

    def balance_of(self, account, currency):
        """What a connected account holds."""
        got = sum(t["amount"] - t["amount_reversed"] for t in self.tables["transfers"].values()
                  if t["destination"] == account and t["currency"] == currency)
        return got - sum(p["amount"] for p in self.tables["payouts"].values()
                         if p["_account"] == account and p["currency"] == currency
                         and p["status"] not in ("failed", "canceled"))

    def order_payout(self, params, account):
        """What whoever acts on an account asks for: on its way to the bank, not there yet."""
        if account and not self.account(account)["payouts_enabled"]:
            raise Refused(400, "payouts_not_allowed", "Payouts are held back.")
        payout = self.create_payout(params, account, "pending")
        payout["arrival_date"] = int(time.time()) + 2 * 86400
        return payout

    def create_payout(self, params, account, status="paid"):
        params = {**params, "currency": params["currency"].lower()}
        if not account:
            raise Refused(400, "payouts_not_allowed", "The platform's own are automatic.")
        if self.balance_of(account, params["currency"]) < params["amount"]:
            raise Refused(400, "balance_insufficient", "The account has not so much.")
        payout = self.keep("payouts", objects.payout(params) | {
            "_account": account, "status": status})
        self.tell(f"payout.{'created' if status == 'pending' else status}", payout, account)
        return payout

    def reverse_payout(self, id):
        """What was paid is taken from the bank again, by a payout the other way."""
        paid = self.find("payouts", id, "payout")
        if paid["status"] != "paid" or paid["reversed_by"]:
            raise Refused(400, "payout_unexpected_state", f"It is {paid['status']}.")
        back = self.keep("payouts", objects.payout(
            {"amount": -paid["amount"], "currency": paid["currency"]}) | {
                "_account": paid["_account"], "original_payout": id})
        paid["reversed_by"] = back["id"]
        self.tell("payout.paid", back, back["_account"])
        return back

    def set_schedule(self, id, interval):
        account = self.find("accounts", id, "account")
        account["settings"]["payouts"]["schedule"]["interval"] = interval
        self.tell("account.updated", account, id)

    def pay_by_schedule(self, params, account):
        """The seller's schedule sends what is there on its way to the seller's bank."""
        if self.balance_of(account, params["currency"]) < params["amount"]:
            raise Refused(400, "balance_insufficient", "The account has not so much.")
        payout = self.keep("payouts", objects.payout(params) | {
            "_account": account, "automatic": True, "status": "pending",
            "arrival_date": int(time.time()) + 2 * 86400})
        self.tell("payout.created", payout, account)
        return payout

    # Where a payout may go from each state. One that was paid may fail within some days
    # (docs.stripe.com/payouts): the bank sends it back, and it is in the account again.
    PAYOUT_MOVES = {"pending": ("in_transit", "canceled", "failed"),
                    "in_transit": ("paid", "failed"), "paid": ("failed",)}

    def move_payout(self, id, status, code="account_closed"):
        payout = self.find("payouts", id, "payout")
        if status not in self.PAYOUT_MOVES.get(payout["status"], ()):
            raise Refused(400, "payout_unexpected_state", f"It is {payout['status']}.")
        payout["status"] = status
        if status == "failed":
            payout.update(failure_code=code,
                          failure_message="The bank account has been closed.")
        name = {"in_transit": "updated"}.get(status, status)
        self.tell(f"payout.{name}", payout, payout["_account"])
        return payout

    def payouts_of(self, account):
        """The rows that whoever acts on this account sees; None is the platform."""
        if account:
            self.account(account)
        return [p for p in self.tables["payouts"].values() if p["_account"] == account]

    def payout_of(self, id, account):
        found = [p for p in self.payouts_of(account) if p["id"] == id]
        if not found:
            raise missing("payout", id)
        return found[0]

    def balance(self, account=None):
        """The platform's, or a connected account's for whoever acts on it."""
        if account:
            self.account(account)
            rows, left = self.tables["transfers"], lambda c: self.balance_of(account, c)
        else:
            rows, left = self.tables["balance_transactions"], self.available
        currencies = {row["currency"] for row in rows.values()}
        parts = [{"amount": left(c), "currency": c, "source_types": {}}
                 for c in sorted(currencies) or ["eur"]]
        waiting = {} if account else self.pending
        return {"object": "balance", "available": parts, "livemode": False,
                "pending": [{**p, "amount": waiting.get(p["currency"], 0)} for p in parts]}

    # For whoever compares these books with their own

    def summary(self):
        """Sums by currency of everything that moved, and what is left."""
        by_type = {}
        for line in self.tables["balance_transactions"].values():
            sums = by_type.setdefault(line["currency"], {})
            sums[line["type"]] = sums.get(line["type"], 0) + line["amount"]
            sums["fee"] = sums.get("fee", 0) + line["fee"]
        return {
            "balance": {c: self.total(c) for c in by_type}, "movements": by_type,
            "transfers": [
                {"amount": t["amount"], "destination": t["destination"],
                 "source": t["source_transaction"]}
                for t in self.tables["transfers"].values()],
            "payments": [
                {"id": i["id"], "payment": i["metadata"].get("guildhall_payment"),
                 "status": i["status"], "received": i["amount_received"],
                 "refunded": sum(r["amount"] for r in self.tables["refunds"].values()
                                 if r["payment_intent"] == i["id"]
                                 and r["status"] not in ("failed", "canceled")),
                 "currency": i["currency"]}
                for i in self.tables["payment_intents"].values()],
            "payouts": [
                {"id": p["id"], "account": p["_account"], "amount": p["amount"],
                 "currency": p["currency"], "status": p["status"],
                 "order": p["metadata"].get("guildhall_payout")}
                for p in self.tables["payouts"].values() if p["_account"]],
            "accounts": {a: {c: self.balance_of(a, c) for c in by_type}
                         for a in self.tables["accounts"]},
        }
