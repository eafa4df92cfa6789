"""Stripe's form encoding: `metadata[order]=42&expand[0]=latest_charge` as nested values."""

import re
from urllib.parse import parse_qsl

from objects import Refused

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_INTEGERS = {
    "amount", "amount_to_capture", "application_fee_amount", "unit_amount", "quantity", "limit",
    "expires_at", "gte", "gt", "lte", "lt"}
_BOOLEANS = {"confirm", "requested", "enabled", "off_session", "submit", "connect",
             "reverse_transfer", "refund_application_fee", "error_on_requires_action"}


def tree(text):
    """Nested dictionaries of strings; arrays are dictionaries by position."""
    root = {}
    for key, value in parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)):
        match = _KEY.fullmatch(key)
        if not match:
            raise ValueError(f"{key} is not a key")
        parts = [match[1], *re.findall(r"\[([^\]]*)\]", match[2])]
        node = root
        for part in parts[:-1]:
            node = node.setdefault(part or str(len(node)), {})
            if not isinstance(node, dict):
                raise ValueError(f"{key} is a value and an object")
        last = parts[-1] or str(len(node))
        if last in node:
            raise ValueError(f"{key} is there twice")
        node[last] = value
    return root


def values(text):
    """As the rules of the books want them."""
    try:
        return {k: _typed(k, v) for k, v in tree(text).items()}
    except ValueError as problem:
        raise Refused(400, "parameter_invalid", str(problem)) from None


def _typed(key, value):
    if isinstance(value, dict):
        if value and all(k.isdigit() for k in value):
            return [_typed(key, value[k]) for k in sorted(value, key=int)]
        if key == "metadata":
            return value
        return {k: _typed(k, v) for k, v in value.items()}
    if key in _INTEGERS:
        if not re.fullmatch(r"-?\d{1,18}", value):
            raise Refused(400, "parameter_invalid_integer", f"Invalid integer: {value}",
                          param=key)
        return int(value)
    if key in _BOOLEANS:
        if value not in ("true", "false"):
            raise Refused(400, "parameter_invalid", f"Invalid boolean: {value}", param=key)
        return value == "true"
    return value
