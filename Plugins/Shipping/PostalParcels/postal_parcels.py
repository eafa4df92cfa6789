#!/usr/bin/env python3
"""Prices for parcels by weight: a provider module in Python. README.md says how it is asked."""
from guildhall_frames import Refused, serve

PRICE_MAX = 10**15
WEIGHTS = [(2_000, 1), (10_000, 2), (31_500, 3)]  # grams, and how many times the price
WAYS = [("standard", "Standard parcel", 1, 2, 4), ("express", "Express parcel", 3, 1, 1)]


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


def offers(made, request):
    country = request["destination"]["country"]
    grams = request["parcel"]["weightGrams"]
    times = next((times for most, times in WEIGHTS if 0 <= grams <= most), None)
    goes_there = country in made["countries"] if made["countries"] else len(country) == 2
    if times is None or not goes_there or request["currency"] != made["currency"]:
        return []  # it does not go there, which is no error
    found = []
    for code, label, factor, first, last in WAYS:
        amount = made["price"] * times * factor
        if amount <= PRICE_MAX:
            price = {"amount": amount, "currency": request["currency"]}
            found.append({"code": code, "label": label, "price": price, "daysMin": first,
                          "daysMax": last, "isPickup": False})
    return found


# What the host asks, by the names and the parts of its questions.

def check(call):
    return []


def quotes(call, request):
    return offers(call.made, request)


if __name__ == "__main__":
    serve({"contract": 5, "name": "postal-parcels"}, make, {"check": check, "quotes": quotes})
