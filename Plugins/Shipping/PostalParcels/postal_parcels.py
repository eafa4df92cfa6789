#!/usr/bin/env python3
"""Prices for parcels by weight: a provider module in Python. README.md says how it is asked."""
import json
import struct
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

HEADER = struct.Struct(">IQc")  # length of the body, id, kind
CONTRACT = 4
PRICE_MAX = 10**15
WEIGHTS = [(2_000, 1), (10_000, 2), (31_500, 3)]  # grams, and how many times the price
WAYS = [("standard", "Standard parcel", 1, 2, 4), ("express", "Express parcel", 3, 1, 1)]

writing = threading.Lock()
instances = {}


class Refused(Exception):
    """Becomes an error of the contract: {"misconfigured": {"message": …}}."""

    def __init__(self, kind, **fields):
        self.error = {kind: fields}


def write(kind, number, value):
    body = json.dumps(value).encode()
    with writing:
        sys.stdout.buffer.write(HEADER.pack(len(body), number, kind) + body)
        sys.stdout.buffer.flush()


def read():
    header = sys.stdin.buffer.read(HEADER.size)
    if len(header) < HEADER.size:
        sys.exit(0)  # the host has gone, and so do we
    length, number, kind = HEADER.unpack(header)
    return kind, number, sys.stdin.buffer.read(length)


def whole(settings, key, fallback):
    try:
        number = int(settings["values"].get(key) or fallback)
    except ValueError:
        raise Refused("misconfigured", message=f"{key} is no whole number.")
    if not 0 <= number <= PRICE_MAX:
        raise Refused("misconfigured", message=f"{key} is out of all bounds.")
    return number


def make(settings):
    countries = settings["values"].get("countries") or ""
    return {
        "price": whole(settings, "price", 490),
        "currency": settings["values"].get("currency") or "EUR",
        "countries": {part.strip().upper() for part in countries.split(",") if part.strip()},
    }


def quotes(instance, request):
    country = request["destination"]["country"]
    grams = request["parcel"]["weightGrams"]
    times = next((times for most, times in WEIGHTS if 0 <= grams <= most), None)
    goes_there = country in instance["countries"] if instance["countries"] else len(country) == 2
    if times is None or not goes_there or request["currency"] != instance["currency"]:
        return []  # it does not go there, which is no error
    offers = []
    for code, label, factor, first, last in WAYS:
        amount = instance["price"] * times * factor
        if amount <= PRICE_MAX:
            price = {"amount": amount, "currency": request["currency"]}
            offers.append({"code": code, "label": label, "price": price, "daysMin": first,
                           "daysMax": last, "isPickup": False})
    return offers


def answer(call):
    if "desk" in call:  # the host makes an object and calls it as the call does
        instances[call["instance"]] = make(call["desk"]["make"]["settings"])
        return {}
    instance = instances[call["instance"]]
    (name, asked), = call["question"].items()
    if name == "check":
        return {"problems": {"sentences": []}}
    if name == "quotes":
        return {"quotes": {"list": quotes(instance, asked["request"])}}
    raise Refused("unsupported", operation=name)


def serve(number, body):
    try:
        write(b"A", number, answer(json.loads(body)))
    except Refused as refused:
        write(b"E", number, refused.error)
    except Exception as mistake:  # ours: the host hears of it, and the others go on
        write(b"E", number, {"invalidRequest": {"code": "bug", "message": repr(mistake)}})


def main():
    with ThreadPoolExecutor(8) as pool:
        while True:
            kind, number, body = read()
            if kind == b"H":
                write(b"H", 0, {"protocol": 1, "contract": CONTRACT, "name": "postal-parcels"})
            elif kind == b"C":
                pool.submit(serve, number, body)


if __name__ == "__main__":
    main()
