"""Brings webhooks, as badly as it is told: late, twice, in the wrong order, not before it is told
to, or not at all."""

import hashlib
import hmac
import json
import random
import threading
import time
import urllib.request


def signature(body, secret, at):
    """docs.stripe.com/webhooks#verify-manually"""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


class Courier:
    """- Parameter endpoints: of the account and of Connect, each an address and a secret."""

    def __init__(self):
        self.endpoints = {"account": None, "connect": None}
        self.chaos = {"double": 0.0, "late": 0.0, "late_seconds": 1.0, "shuffle": False,
                      "lost": 0.0, "held": False}
        self.random = random.Random(1)
        self.waiting = []
        self.arrived = 0
        self.refused = 0
        self.condition = threading.Condition()
        threading.Thread(target=self.run, daemon=True).start()

    def post(self, event):
        way = "connect" if event.get("account") else "account"
        with self.condition:
            if self.endpoints[way] is None:
                return
            if self.chaos["lost"] and self.random.random() < self.chaos["lost"]:
                return
            times = 2 if self.random.random() < self.chaos["double"] else 1
            for _ in range(times):
                due = time.monotonic()
                if self.random.random() < self.chaos["late"]:
                    due += self.random.random() * self.chaos["late_seconds"]
                self.waiting.append((due, way, event))
            self.condition.notify()

    def run(self):
        while True:
            with self.condition:
                if self.chaos["held"]:
                    self.condition.wait(0.05)
                    continue
                now = time.monotonic()
                due = [w for w in self.waiting if w[0] <= now]
                if not due:
                    self.condition.wait(
                        min((w[0] - now for w in self.waiting), default=1) or 0.01)
                    continue
                chosen = self.random.choice(due) if self.chaos["shuffle"] else due[0]
                self.waiting.remove(chosen)
                url, secret = self.endpoints[chosen[1]]
            if not self.deliver(url, secret, chosen[2]):
                with self.condition:
                    self.waiting.append((time.monotonic() + 0.2, *chosen[1:]))

    def deliver(self, url, secret, event):
        body = json.dumps(event, ensure_ascii=False).encode()
        request = urllib.request.Request(url, body, {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(body, secret, int(time.time()))})
        try:
            with urllib.request.urlopen(request, timeout=5):
                self.arrived += 1
                return True
        except OSError:
            self.refused += 1
            return False

    def report(self):
        with self.condition:
            return {"waiting": len(self.waiting), "arrived": self.arrived,
                    "refused": self.refused}
