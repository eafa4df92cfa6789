"""What goes wrong between Stripe and its customers, by chance but the same for the same seed."""

import random
import re
import threading

KINDS = (
    "lost",      # acted on, and the connection breaks without an answer
    "held",      # acted on, and the answer comes after the caller has given up
    "conflict",  # 409: another call with this key is under way
    "busy",      # 429
    "broken",    # 500 without acting, kept under the key
    "gone",      # 503 from something in between, nothing kept
)


class Faults:
    def __init__(self):
        self.guard = threading.Lock()
        self.set({})

    def set(self, plan):
        """- Parameter plan: `rates` by kind from 0 to 1, `seed`, `only` (a pattern of paths),
        `next` (kinds for the next calls, before chance decides), `held_seconds`."""
        unknown = set(plan.get("rates", {})) | set(plan.get("next", []))
        if not unknown <= set(KINDS):
            raise ValueError(f"unknown faults: {unknown - set(KINDS)}")
        with self.guard:
            self.rates = plan.get("rates", {})
            self.only = re.compile(plan.get("only", ".*"))
            self.next = list(plan.get("next", []))
            self.held_seconds = plan.get("held_seconds", 30)
            self.random = random.Random(plan.get("seed", 1))
            self.happened = {}

    def choose(self, method, path):
        """The fault that befalls this call, or None."""
        if not self.only.search(f"{method} {path}"):
            return None
        with self.guard:
            kind = self.next.pop(0) if self.next else None
            if kind is None:
                chance = self.random.random()
                for name, rate in self.rates.items():
                    if chance < rate:
                        kind = name
                        break
                    chance -= rate
            # What changes nothing cannot be kept under a key, nor be in conflict.
            if method != "POST" and kind in ("broken", "conflict"):
                kind = "gone"
            if kind:
                self.happened[kind] = self.happened.get(kind, 0) + 1
            return kind
