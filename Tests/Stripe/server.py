#!/usr/bin/env python3
"""A Stripe of one's own: `server.py PORT [--schema DOCUMENT] [--journal FILE] [--no-fees]`.

Serves the API below /v1, pages for customers and sellers below /c and /setup, and below /_ what a
test needs to know and to decide. Prints `ready PORT` when it listens; port 0 takes a free one.
"""

import argparse
import html
import json
import os
import signal
import socket
import struct
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from api import API
from connect import ConnectBooks
from courier import Courier
from faults import Faults
from objects import Refused


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port, schema, journal, fees):
        super().__init__(("127.0.0.1", port), Handler)
        url = f"http://127.0.0.1:{self.server_address[1]}"
        self.books = ConnectBooks(url) if fees else ConnectBooks(url, 0, 0)
        self.api = API(self.books, schema, journal)
        self.faults = Faults()
        self.courier = Courier()
        self.books.announce = self.courier.post

    def handle_error(self, request, address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def do_GET(self):
        self.serve("GET")

    def do_POST(self):
        self.serve("POST")

    def serve(self, method):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        path = urlsplit(self.path).path
        if path.startswith("/v1/"):
            return self.serve_api(method, path, body)
        try:
            if path.startswith("/_/"):
                return self.send(200, self.control(method, path[3:], body))
            return self.serve_page(method, path, body)
        except Refused as refused:
            self.send(refused.status, {"error": refused.error})
        except (KeyError, ValueError) as problem:
            self.send(400, {"error": {"message": repr(problem)}})

    def serve_api(self, method, path, body):
        server = self.server
        fault = server.faults.choose(method, path)
        if fault == "gone":
            return self.send(503, {"error": {"type": "api_error", "message": "Try later"}})
        if fault == "busy":
            return self.send(429, {"error": {
                "type": "invalid_request_error", "code": "rate_limit", "message": "Slower"}})
        if fault == "conflict":
            return self.send(409, {"error": {
                "type": "idempotency_error", "code": "idempotency_key_in_use",
                "message": "Another call with this key is under way"}})
        if fault == "broken" and self.headers.get("Idempotency-Key"):
            return self.send(500, server.api.store_failure(path, body, self.headers))
        status, more, answer, _ = server.api.answer(method, self.path, self.headers, body)
        if fault == "held":
            time.sleep(server.faults.held_seconds)
        if fault in ("lost", "held"):
            return self.break_off()
        self.send(status, answer, more)

    def break_off(self):
        """A reset, so that nobody takes it for an answer's end."""
        self.connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def send(self, status, answer, more=None, type="application/json"):
        body = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
        self.send_response(status)
        for name, value in {**(more or {}), "Content-Type": type}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    # What tests decide

    def control(self, method, path, body):
        server, books = self.server, self.server.books
        if method == "GET":
            if path == "books":
                with books.lock:
                    return books.summary()
            return {"courier": server.courier.report(), "faults": server.faults.happened,
                    "requests": server.api.requests, "complaints": server.api.complaints}
        given = json.loads(body or "{}")
        with books.lock:
            match path.split("/"):
                case ["faults"]:
                    server.faults.set(given)
                case ["endpoints"]:
                    for way in ("account", "connect"):
                        if way in given:
                            server.courier.endpoints[way] = tuple(given[way])
                case ["chaos"]:
                    server.courier.random.seed(given.pop("seed", 1))
                    server.courier.chaos |= given
                case ["resend"]:
                    # Every event once more, as Stripe's dashboard does for one.
                    for event in list(books.tables["events"].values()):
                        server.courier.post(event)
                case ["sessions", id, "pay"]:
                    books.pay_session(id, given.get("payment_method", "pm_card_visa"))
                case ["sessions", id, "expire"]:
                    books.expire_session(id)
                case ["accounts", id, "complete"]:
                    books.complete_account(id)
                case ["accounts", id, "restrict"]:
                    books.restrict_account(id, given["due"])
                case ["accounts", id, "deauthorize"]:
                    books.deauthorize_account(id)
                case ["accounts", id, "spend"]:
                    # The seller's schedule pays it to the seller's bank.
                    return books.create_payout(given, id)
                case ["accounts", id, "pay-out"]:
                    return books.pay_by_schedule(given, id)
                case ["accounts", id, "schedule", interval]:
                    books.set_schedule(id, interval)
                case ["payouts", id, "reverse"]:
                    return books.reverse_payout(id)
                case ["payouts", id, status]:
                    return books.move_payout(id, status)
                case ["payment_intents", id, "lapse"]:
                    books.lapse(id)
                case ["pending"]:
                    books.pending = given
                case ["refunds", id, "fail"]:
                    books.fail_refund(id)
                case ["payment_intents", id, "dispute"]:
                    intent = books.find("payment_intents", id, "payment_intent")
                    charge = books.find("charges", intent["latest_charge"], "charge")
                    return books.dispute(
                        charge, given.get("reason", "fraudulent"), given.get("inquiry", False))
                case ["disputes", id, outcome]:
                    return books.end_dispute(id, outcome)
                case ["balance"]:
                    return books.move("topup", {"id": "tu_1"}, given["amount"],
                                      given["currency"])
                case _:
                    raise ValueError(path)
        return {}

    # Pages

    def serve_page(self, method, path, body):
        books = self.server.books
        match path.strip("/").split("/"):
            case ["c", "pay", id]:
                with books.lock:
                    session = books.find("sessions", id, "checkout.session")
                if method == "GET":
                    return self.page("Pay", {
                        "Pay": "pm_card_visa", "Be declined": "pm_card_chargeDeclined"})
                with books.lock:
                    books.pay_session(id, parse_qs(body)["choice"][0])
                return self.lead(session["success_url"])
            case ["c", "3ds", id]:
                intent = books.find("payment_intents", id, "payment_intent")
                if method == "GET":
                    return self.page("Your bank asks", {"Confirm": "yes"})
                back = intent["next_action"]["redirect_to_url"]["return_url"]
                with books.lock:
                    books.charge(intent)
                return self.lead(back)
            case ["setup", token]:
                if token not in books.links:
                    raise Refused(404, "expired", "This link has been used.")
                account, back, refresh = books.links[token]
                if method == "GET":
                    return self.page("Tell us who you are", {
                        "Everything is there": "complete", "Later": "later",
                        "The link is too old": "refresh"})
                del books.links[token]
                choice = parse_qs(body)["choice"][0]
                with books.lock:
                    if choice == "complete":
                        books.complete_account(account)
                return self.lead(refresh if choice == "refresh" else back)
        raise Refused(404, "no_page", "There is no such page.")

    def page(self, title, choices):
        buttons = "".join(
            f'<button name="choice" value="{html.escape(value)}">{html.escape(label)}</button> '
            for label, value in choices.items())
        self.send(200, f"<!doctype html><title>{title}</title><h1>{title}</h1>"
                       f'<form method="post">{buttons}</form>', type="text/html")

    def lead(self, url):
        self.send(303, "", {"Location": url}, "text/plain")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--schema", help="the folder of the vendor's Python package")
    parser.add_argument("--journal", help="where every request is written, one a line")
    parser.add_argument("--no-fees", action="store_true")
    given = parser.parse_args()
    # A test that starts this has sockets open, which must not live on here when it closes them.
    os.closerange(3, 1 << 16)
    # Nor does it lend this the signals that it does not listen to.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    schema = None
    if given.schema:
        from schema import Schema
        schema = Schema(given.schema)
    journal = open(given.journal, "a", encoding="utf-8") if given.journal else None
    server = Server(given.port, schema, journal, not given.no_fees)
    print(f"ready {server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
