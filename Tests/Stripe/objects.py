"""The shapes of Stripe's objects (docs.stripe.com/api), as API 2026-06-24.dahlia writes them."""

import itertools
import secrets
import time

API_VERSION = "2026-06-24.dahlia"
_numbers = itertools.count(1)


class Refused(Exception):
    """Stripe says no: an HTTP status and the fields of its error."""

    def __init__(self, status, code, message, type="invalid_request_error", **more):
        super().__init__(message)
        self.status = status
        self.error = {"type": type, "code": code, "message": message, **more}


def new_id(prefix):
    """Unique, and later ids sort after earlier ones within a second."""
    return f"{prefix}_{next(_numbers):08d}{secrets.token_hex(6)}"


def stamp(object, id, **fields):
    return {"id": id, "object": object, "created": int(time.time()), "livemode": False, **fields}


def payment_intent(amount, currency, params):
    id = new_id("pi")
    return stamp(
        "payment_intent", id, amount=amount, amount_capturable=0, amount_details={"tip": {}},
        amount_received=0, application=None, application_fee_amount=None,
        automatic_payment_methods=None, canceled_at=None, cancellation_reason=None,
        capture_method=params.get("capture_method", "automatic_async"),
        client_secret=f"{id}_secret_{secrets.token_hex(8)}",
        confirmation_method=params.get("confirmation_method", "automatic"), currency=currency,
        customer=None, description=params.get("description"), last_payment_error=None,
        latest_charge=None, metadata=dict(params.get("metadata", {})), next_action=None,
        on_behalf_of=None, payment_method=None, payment_method_options={},
        payment_method_types=params.get("payment_method_types", ["card"]), processing=None,
        receipt_email=params.get("receipt_email"), setup_future_usage=None, shipping=None,
        statement_descriptor=None, statement_descriptor_suffix=None,
        status="requires_payment_method", transfer_data=None,
        transfer_group=params.get("transfer_group"))


def charge(intent, captured):
    return stamp(
        "charge", new_id("ch"), amount=intent["amount"],
        amount_captured=intent["amount"] if captured else 0, amount_refunded=0,
        application=None, application_fee=None, application_fee_amount=None,
        balance_transaction=None, billing_details={
            "address": None, "email": None, "name": None, "phone": None},
        calculated_statement_descriptor="GUILDHALL", captured=captured,
        currency=intent["currency"], customer=None, description=intent["description"],
        disputed=False, failure_balance_transaction=None, failure_code=None,
        failure_message=None, fraud_details={}, metadata=dict(intent["metadata"]),
        on_behalf_of=None, outcome={
            "network_status": "approved_by_network", "reason": None, "risk_level": "normal",
            "seller_message": "Payment complete.", "type": "authorized"},
        paid=True, payment_intent=intent["id"], payment_method=intent["payment_method"],
        payment_method_details=None, receipt_email=intent["receipt_email"],
        receipt_number=None, receipt_url=None, refunded=False, review=None, shipping=None,
        source_transfer=None, statement_descriptor=None, statement_descriptor_suffix=None,
        status="succeeded", transfer_data=None, transfer_group=intent["transfer_group"])


def session(params, amount, currency, url):
    id = new_id("cs_test")
    return stamp(
        "checkout.session", id, amount_subtotal=amount, amount_total=amount,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        cancel_url=params.get("cancel_url"),
        client_reference_id=params.get("client_reference_id"), currency=currency,
        customer=None, customer_details=None, customer_email=params.get("customer_email"),
        expires_at=int(params.get("expires_at", time.time() + 86400)),
        metadata=dict(params.get("metadata", {})), mode=params.get("mode", "payment"),
        payment_intent=None, payment_method_types=["card"], payment_status="unpaid",
        status="open", success_url=params.get("success_url"), ui_mode="hosted_page",
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        url=f"{url}/c/pay/{id}")


def refund(charge, amount, params):
    return stamp(
        "refund", new_id("re"), amount=amount, balance_transaction=None, charge=charge["id"],
        currency=charge["currency"], metadata=dict(params.get("metadata", {})),
        payment_intent=charge["payment_intent"], reason=params.get("reason"),
        receipt_number=None, source_transfer_reversal=None, status="succeeded",
        transfer_reversal=None) | {"destination_details": None}


def transfer(params):
    return stamp(
        "transfer", new_id("tr"), amount=params["amount"], amount_reversed=0,
        balance_transaction=None, currency=params["currency"],
        description=params.get("description"), destination=params["destination"],
        destination_payment=new_id("py"), metadata=dict(params.get("metadata", {})),
        reversals={"object": "list", "data": [], "has_more": False, "url": ""}, reversed=False,
        source_transaction=params.get("source_transaction"), source_type="card",
        transfer_group=params.get("transfer_group"))


def reversal(transfer, amount, params):
    return {
        "id": new_id("trr"), "object": "transfer_reversal", "amount": amount,
        "balance_transaction": None, "created": int(time.time()),
        "currency": transfer["currency"], "destination_payment_refund": None,
        "metadata": dict(params.get("metadata", {})), "source_refund": None,
        "transfer": transfer["id"]}


def dispute(charge, reason, status):
    return stamp(
        "dispute", new_id("du"), amount=charge["amount_captured"] - charge["amount_refunded"],
        balance_transactions=[], charge=charge["id"], currency=charge["currency"],
        enhanced_eligibility_types=[], evidence={}, evidence_details={
            "due_by": int(time.time()) + 7 * 86400, "enhanced_eligibility": {},
            "has_evidence": False, "past_due": False, "submission_count": 0},
        is_charge_refundable=False, metadata={}, payment_intent=charge["payment_intent"],
        reason=reason, status=status)


def account(params):
    wants_payouts = params.get("settings", {}).get("payouts", {}).get("schedule", {})
    return {
        "id": new_id("acct").replace("acct_", "acct_1"), "object": "account",
        "business_profile": {"name": params.get("business_profile", {}).get("name")},
        "business_type": None, "capabilities": {"transfers": "inactive"},
        "charges_enabled": False, "controller": {
            "type": "application", "is_controller": True, **params.get("controller", {})},
        "country": params.get("country", "US"), "created": int(time.time()),
        "default_currency": "eur", "details_submitted": False, "email": params.get("email"),
        "external_accounts": {
            "object": "list", "data": [], "has_more": False, "url": "/v1/accounts"},
        "metadata": dict(params.get("metadata", {})), "payouts_enabled": False,
        "requirements": requirements(
            ["individual.first_name", "individual.dob.day", "external_account",
             "tos_acceptance.date"], "requirements.past_due"),
        "settings": {"payouts": {
            "debit_negative_balances": True, "statement_descriptor": None,
            "schedule": {"delay_days": 7, "interval": wants_payouts.get("interval", "daily")}}},
        "tos_acceptance": {}, "type": "none"}


def requirements(due, reason=None):
    return {
        "alternatives": [], "current_deadline": None, "currently_due": due,
        "disabled_reason": reason, "errors": [], "eventually_due": due, "past_due": due,
        "pending_verification": []}


def balance_transaction(type, source, amount, fee, currency, available_on):
    return {
        "id": new_id("txn"), "object": "balance_transaction", "amount": amount,
        "available_on": available_on, "balance_type": "payments", "created": int(time.time()),
        "currency": currency, "description": None, "exchange_rate": None, "fee": fee,
        "fee_details": [], "net": amount - fee, "reporting_category": type, "source": source,
        "status": "available", "type": type}


def payout(params):
    return stamp(
        "payout", new_id("po"), amount=params["amount"], arrival_date=int(time.time()),
        application_fee=None, application_fee_amount=None,
        automatic=False, balance_transaction=None, currency=params["currency"],
        description=None, destination="ba_1", failure_balance_transaction=None,
        failure_code=None, failure_message=None, metadata=dict(params.get("metadata", {})),
        method="standard", original_payout=None, payout_method=None,
        reconciliation_status="not_applicable", reversed_by=None, source_type="card",
        statement_descriptor=None, status="paid", trace_id=None, type="bank_account")


def event(type, object, account=None):
    event = stamp(
        "event", new_id("evt"), api_version=API_VERSION, data={"object": object},
        pending_webhooks=1, request={"id": None, "idempotency_key": None}, type=type)
    if account:
        event["account"] = account
    return event
