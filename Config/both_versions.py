#!/usr/bin/env python3
"""Puts two versions of the module of `guildhall module new payment CornerPay` into the folder of a
market that runs, one after the other, and has its provider host put anew for each while customers
go on quoting and checking out: nobody may fail, and each provider is served by its own version.
Then the rule is put to each version in turn, and customers place and pay there: the version that is
asked for takes the money, and it gives it back when the orders are cancelled.

    both_versions.py GUILDHALL FOLDER      (the market as in GUILDHALL_… of the environment)
"""
import http.cookiejar
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

guildhall, folder = sys.argv[1], pathlib.Path(sys.argv[2])
modules = pathlib.Path(os.environ["GUILDHALL_MODULES"])
storefront, admin = (f"http://127.0.0.1:{os.environ[f'GUILDHALL_{app}_PORT']}"
                     for app in ("STOREFRONT", "ADMIN"))
versions = ("1.0", "1.1")


class Books:
    """What the provider that both versions speak to keeps, and who asked it for what."""

    def __init__(self):
        self.guard = threading.Lock()
        self.checks = 0
        self.payments, self.refunds, self.answers = {}, {}, {}
        # Of each call that moves money: its path, the instance's API key, and the module's version.
        self.moved = []

    def find(self, path, query):
        kind = {"/payments": self.payments, "/refunds": self.refunds}[path]
        id = query["id"][0] if "id" in query else self.answers.get(query["key"][0], {}).get("id")
        return kind.get(id)

    def move(self, path, key, caller, question):
        """Once for each key, whoever repeats it."""
        if key in self.answers:
            return self.answers[key]
        self.moved.append((path, *caller))
        id, amount = f"c{len(self.answers) + 1}", question["amount"]
        if path == "/payments":
            made = self.payments[id] = {
                "id": id, "order": question["order"], "status": "paid", "amount": amount,
                "refunded": {**amount, "amount": 0}, "version": 1}
        else:
            payment = self.payments[question["method"]]
            refunded = payment["refunded"]["amount"] + amount["amount"]
            if refunded > payment["amount"]["amount"]:
                return {"error": "amount"}
            self.payments[payment["id"]] = {
                **payment, "refunded": {**amount, "amount": refunded},
                "version": payment["version"] + 1}
            made = self.refunds[id] = {
                "id": id, "payment": payment["id"], "order": question["order"], "amount": amount}
        self.answers[key] = made
        return made

    def by_version(self, path, version):
        """How often the version moved money so, and nobody else at its provider."""
        callers = [(key, who) for asked, key, who in self.moved if asked == path]
        if {who for key, who in callers if key == f"key-{version}"} - {version}:
            sys.exit(f"a provider of {version} was served by another version: {self.moved}")
        return sum(who == version for _, who in callers)


books = Books()


class Provider(http.server.BaseHTTPRequestHandler):
    """What both versions ask."""

    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        with books.guard:
            if address.path == "/account":
                books.checks += 1
                found = {"name": "Corner"}
            else:
                found = books.find(address.path, urllib.parse.parse_qs(address.query))
        self.answer(200 if found else 404, found or {"error": "unknown"})

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        # The first version does not say which it is.
        caller = (self.headers["Authorization"].removeprefix("Bearer "),
                  self.headers.get("Corner-Version", "1.0"))
        with books.guard:
            made = books.move(self.path, self.headers["Idempotency-Key"], caller, question)
        self.answer(400 if "error" in made else 200, made)

    def answer(self, status, said):
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Refused(Exception):
    """An app's answer that is none of 2xx."""

    def __init__(self, said, problem):
        super().__init__(said)
        self.problem = problem


class Person:
    """Somebody who is signed in at one of the apps."""

    def __init__(self, url, email):
        self.url = url
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.ask("POST", "/sessions", {"email": email, "password": "guildhall-demo"})

    def ask(self, method, path, body=None):
        headers = {"Accept": "application/json", "Content-Type": "application/json",
                   "Idempotency-Key": str(uuid.uuid4())}
        request = urllib.request.Request(
            self.url + "/api/v1" + path, json.dumps(body).encode() if body is not None else None,
            headers, method=method)
        try:
            with self.opener.open(request, timeout=20) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            body = error.read().decode()
            said = f"{method} {path}: {error.code} {body}"
            try:
                raise Refused(said, json.loads(body)["type"]) from error
            except (ValueError, KeyError, TypeError):
                raise Refused(said, "") from error


class Shelf:
    """Things to buy, those first of which there are most: what earlier steps left in the market may
    be the last of its kind, and who finds it sold out takes another thing."""

    def __init__(self, customer):
        self.customer = customer
        found = [variant
                 for listing in customer.ask("GET", "/listings?inStock=true")["items"]
                 for variant in customer.ask("GET", f"/listings/{listing['id']}")["variants"]]
        found.sort(key=lambda variant: -variant["available"])
        self.variants = iter([variant["id"] for variant in found if variant["available"]])
        self.variant = next(self.variants, None)

    def check_out(self):
        address = {"name": "Nora", "lines": ["Gasse 1"], "city": "Berlin", "postalCode": "10115",
                   "country": "DE"}
        while self.variant:
            try:
                checkout = self.customer.ask("POST", "/checkouts", {
                    "lines": [{"variantId": self.variant, "quantity": 1}], "address": address})
            except Refused as refused:
                if refused.problem != "/problems/checkout.sold-out":
                    raise
                self.variant = next(self.variants, None)
                continue
            if not all(parcel["options"] for parcel in checkout["parcels"]):
                sys.exit(f"nobody offered to ship: {checkout}")
            return checkout
        sys.exit("everything on the first page is sold out")


def check_outs(customer, over, counts):
    """A checkout after the other, each quoted and taxed by the provider host, and given up."""
    shelf = Shelf(customer)
    while not over.is_set():
        checkout = shelf.check_out()
        counts.append(checkout["id"])
        customer.ask("DELETE", f"/checkouts/{checkout['id']}")
        time.sleep(0.2)  # what one address may write in a minute is bounded


def until(words, come_true, seconds=60):
    """What `come_true` answers, once it is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = come_true()
        if found:
            return found
        time.sleep(0.2)
    sys.exit(f"it did not come true in {seconds} seconds: {words}")


def rule(manager, rules):
    manager.ask("POST", "/provider-rules/payment", {
        "reason": "Both versions are to take money.",
        "rules": [{key: value for key, value in one.items() if value is not None}
                  for one in rules]})


def buy_at(customer, shelf, provider):
    """Places and pays a purchase where the market says that it is paid now, which is `provider`."""
    def offered():
        checkout = shelf.check_out()
        ways = customer.ask("GET", f"/checkouts/{checkout['id']}/ways-to-pay")["items"]
        if ways and ways[0]["instanceId"] == provider:
            return checkout
        customer.ask("DELETE", f"/checkouts/{checkout['id']}")
        return None

    checkout = until("the rule holds for new checkouts", offered)
    placed = customer.ask("POST", "/purchases", {
        "checkoutId": checkout["id"], "expectedTotal": checkout["totals"]["total"],
        "instanceId": provider, "method": "card"})
    found = until("the purchase is paid", lambda: next(
        (p for p in [customer.ask("GET", f"/purchases/{placed['id']}")] if p["state"] == "paid"),
        None))
    payment = found["payment"]
    if payment["instanceId"] != provider or payment["captured"] != found["total"]:
        sys.exit(f"it was paid elsewhere, or not whole: {found}")
    return found


def give_back(customer, purchase):
    for order in purchase["orders"]:
        customer.ask("POST", f"/orders/{order['id']}/cancellation", {"reason": "Only a try."})
    until("its money is back", lambda: customer.ask(
        "GET", f"/purchases/{purchase['id']}")["payment"]["refunded"] == purchase["total"])


def retire(manager, provider):
    because = {"reason": "The try is over."}
    manager.ask("POST", f"/providers/{provider}/drain", because)

    def is_retired():
        try:
            return manager.ask("POST", f"/providers/{provider}/retirement", because)
        except Refused as refused:
            if refused.problem != "/problems/provider.still-open":
                raise
            return None

    until("nothing at it is open", is_retired)


def pay_at_both(manager, customer, providers):
    """The rule is put to each version in turn, and to the first again when both have served.
    Afterwards the market is as before."""
    before = manager.ask("GET", "/provider-rules/payment")["rules"]
    shelf, bought, turns = Shelf(customer), [], (*versions, versions[0])
    for version in versions:
        manager.ask("POST", f"/providers/{providers[version]}/activation",
                    {"reason": "Both versions are to take money."})
    try:
        for version in turns:
            rule(manager, [{"instance": providers[version]}, *before])
            taken = books.by_version("/payments", version)
            bought.append(buy_at(customer, shelf, providers[version]))
            if books.by_version("/payments", version) != taken + 1:
                sys.exit(f"{version} did not take the money: {books.moved}")
    finally:
        rule(manager, before)
    for purchase in bought:
        give_back(customer, purchase)
    for version in versions:
        retire(manager, providers[version])
        for path in ("/payments", "/refunds"):
            if books.by_version(path, version) != turns.count(version):
                sys.exit(f"{version} was not asked for each of its {path}: {books.moved}")


def bring(version):
    """Puts a version's file into the folder, and a new provider host in the old one's place."""
    shutil.copy(folder / f"CornerPay-{version}.so", modules / ".new")
    (modules / ".new").rename(modules / f"CornerPay-{version}.so")
    subprocess.run([guildhall, "provide", "restart"], check=True)


def add(manager, version, url):
    made = manager.ask("POST", "/providers", {
        "module": "corner-pay", "name": f"Corner {version}", "settings": [
            {"key": "url", "value": url}, {"key": "apiKey", "value": f"key-{version}"},
            {"key": "webhookSecret", "value": "s"}]})
    return made["id"]


def hits(manager, provider):
    """How often its provider is asked when it is checked: once by 1.0, twice by 1.1."""
    books.checks = 0
    problems = manager.ask("POST", f"/providers/{provider}/check")["problems"]
    if problems:
        sys.exit(f"the check finds {problems}")
    return books.checks


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    manager = Person(admin, "admin@example.com")
    customer = Person(storefront, "nora@example.com")
    over, counts, failures = threading.Event(), [], []

    def buy():
        try:
            check_outs(customer, over, counts)
        except BaseException as error:  # a thread's end is told to nobody
            failures.append(error)

    buyers = [threading.Thread(target=buy, daemon=True) for _ in range(3)]
    for buyer in buyers:
        buyer.start()
    providers = {}
    for version in versions:
        bring(version)
        providers[version] = add(manager, version, url)
    found = tuple(hits(manager, providers[version]) for version in versions)
    pay_at_both(manager, customer, providers)
    over.set()
    for buyer in buyers:
        buyer.join(60)
    if failures:
        sys.exit(f"a customer failed: {failures[0]}")
    if found != (1, 2):
        sys.exit(f"the two versions asked {found} times, not (1, 2)")
    for version in versions:
        print(f"{version} took {books.by_version('/payments', version)} payments "
              f"and gave {books.by_version('/refunds', version)} back")
    print(f"each served by its own version; {len(counts)} checkouts meanwhile, none failed")


if __name__ == "__main__":
    main()
