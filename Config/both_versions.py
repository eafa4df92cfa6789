#!/usr/bin/env python3
"""Puts two versions of the module of `guildhall module new payment CornerPay` into the folder of a
market that runs, one after the other, and has its provider host put anew for each while customers
go on quoting and checking out: nobody may fail, and each provider is served by its own version.

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
import urllib.request
import uuid

guildhall, folder = sys.argv[1], pathlib.Path(sys.argv[2])
modules = pathlib.Path(os.environ["GUILDHALL_MODULES"])
storefront, admin = (f"http://127.0.0.1:{os.environ[f'GUILDHALL_{app}_PORT']}"
                     for app in ("STOREFRONT", "ADMIN"))
asked = []


class Provider(http.server.BaseHTTPRequestHandler):
    """What both versions ask when they are checked."""

    def do_GET(self):
        asked.append(self.path)
        body = b'{"name": "Corner"}'
        self.send_response(200)
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


def check_outs(customer, over, counts):
    """A checkout after the other, each quoted and taxed by the provider host. What earlier steps left
    in the market may be the last of its kind: who finds it sold out takes another thing."""
    listings = iter(customer.ask("GET", "/listings?inStock=true")["items"])

    def another():
        for listing in listings:
            for variant in customer.ask("GET", f"/listings/{listing['id']}")["variants"]:
                if variant["available"]:
                    return variant["id"]
        sys.exit("everything on the first page is sold out")

    variant = another()
    address = {"name": "Nora", "lines": ["Gasse 1"], "city": "Berlin", "postalCode": "10115",
               "country": "DE"}
    while not over.is_set():
        try:
            checkout = customer.ask("POST", "/checkouts", {
                "lines": [{"variantId": variant, "quantity": 1}], "address": address})
        except Refused as refused:
            if refused.problem != "/problems/checkout.sold-out":
                raise
            variant = another()
            continue
        if not all(parcel["options"] for parcel in checkout["parcels"]):
            sys.exit(f"nobody offered to ship: {checkout}")
        counts.append(checkout["id"])
        time.sleep(0.1)  # what one address may write in a minute is bounded


def bring(version):
    """Puts a version's file into the folder, and a new provider host in the old one's place."""
    shutil.copy(folder / f"CornerPay-{version}.so", modules / ".new")
    (modules / ".new").rename(modules / f"CornerPay-{version}.so")
    subprocess.run([guildhall, "provide", "restart"], check=True)


def add(manager, name, url):
    made = manager.ask("POST", "/providers", {"module": "corner-pay", "name": name, "settings": [
        {"key": "url", "value": url}, {"key": "apiKey", "value": "k"},
        {"key": "webhookSecret", "value": "s"}]})
    return made["id"]


def hits(manager, provider):
    """How often its provider is asked when it is checked: once by 1.0, twice by 1.1."""
    asked.clear()
    problems = manager.ask("POST", f"/providers/{provider}/check")["problems"]
    if problems:
        sys.exit(f"the check finds {problems}")
    return len(asked)


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
    bring("1.0")
    first = add(manager, "Corner 1.0", url)
    bring("1.1")
    second = add(manager, "Corner 1.1", url)
    found = hits(manager, first), hits(manager, second)
    over.set()
    for buyer in buyers:
        buyer.join(60)
    if failures:
        sys.exit(f"a customer failed: {failures[0]}")
    if found != (1, 2):
        sys.exit(f"the two versions asked {found} times, not (1, 2)")
    print(f"each served by its own version; {len(counts)} checkouts meanwhile, none failed")


if __name__ == "__main__":
    main()
