"""What the vendor's own Python package says that a request may contain.

`Schema(FOLDER)` reads the `TypedDict` declarations below FOLDER/params, which Stripe generates from
its API's description, without importing them. So a request that passes here is one that the
vendor's types allow, in the version that the package is pinned to.
"""

import ast
import pathlib
import re
from urllib.parse import urlsplit

import form

# By method and path; the module of `params` that declares the parameters.
OPERATIONS = [
    ("POST", "/v1/payment_intents", "payment_intent_create"),
    ("GET", "/v1/payment_intents", "payment_intent_list"),
    ("GET", "/v1/payment_intents/ID", "payment_intent_retrieve"),
    ("POST", "/v1/payment_intents/ID/confirm", "payment_intent_confirm"),
    ("POST", "/v1/payment_intents/ID/capture", "payment_intent_capture"),
    ("POST", "/v1/payment_intents/ID/cancel", "payment_intent_cancel"),
    ("GET", "/v1/charges", "charge_list"),
    ("GET", "/v1/charges/ID", "charge_retrieve"),
    ("POST", "/v1/refunds", "refund_create"),
    ("GET", "/v1/refunds", "refund_list"),
    ("GET", "/v1/refunds/ID", "refund_retrieve"),
    ("POST", "/v1/checkout/sessions", "checkout/session_create"),
    ("GET", "/v1/checkout/sessions", "checkout/session_list"),
    ("GET", "/v1/checkout/sessions/ID", "checkout/session_retrieve"),
    ("POST", "/v1/checkout/sessions/ID/expire", "checkout/session_expire"),
    ("POST", "/v1/accounts", "account_create"),
    ("GET", "/v1/accounts", "account_list"),
    ("GET", "/v1/accounts/ID", "account_retrieve"),
    ("POST", "/v1/account_links", "account_link_create"),
    ("POST", "/v1/transfers", "transfer_create"),
    ("GET", "/v1/transfers", "transfer_list"),
    ("GET", "/v1/transfers/ID", "transfer_retrieve"),
    ("POST", "/v1/transfers/ID/reversals", "transfer_reversal_create"),
    ("GET", "/v1/transfers/ID/reversals", "transfer_reversal_list"),
    ("GET", "/v1/transfers/ID/reversals/ID", "transfer_reversal_retrieve"),
    ("POST", "/v1/payouts", "payout_create"),
    ("GET", "/v1/payouts", "payout_list"),
    ("GET", "/v1/payouts/ID", "payout_retrieve"),
    ("GET", "/v1/balance", "balance_retrieve"),
    ("GET", "/v1/balance_transactions", "balance_transaction_list"),
    ("GET", "/v1/balance_transactions/ID", "balance_transaction_retrieve"),
    ("GET", "/v1/disputes", "dispute_list"),
    ("GET", "/v1/disputes/ID", "dispute_retrieve"),
    ("POST", "/v1/disputes/ID/close", "dispute_close"),
    ("GET", "/v1/events", "event_list"),
    ("GET", "/v1/events/ID", "event_retrieve"),
    ("POST", "/v1/webhook_endpoints", "webhook_endpoint_create"),
    ("GET", "/v1/webhook_endpoints", "webhook_endpoint_list"),
]


class Types:
    """One module's declarations, as checks of values that came in a form."""

    def __init__(self, path):
        self.classes = {}
        self.functional = {}
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                self.classes[node.name] = node
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                # `_Base = TypedDict("_Base", {"from": …})`: how reserved words are declared.
                if ast.unparse(node.value.func) == "TypedDict":
                    fields = node.value.args[1]
                    self.functional[node.targets[0].id] = {
                        k.value: v for k, v in zip(fields.keys, fields.values)}

    def fields(self, name):
        """The declared fields with their types, inherited ones among them."""
        found = dict(self.functional.get(name, {}))
        node = self.classes.get(name)
        if node is None:
            return found
        for base in node.bases:
            found |= self.fields(ast.unparse(base))
        for line in node.body:
            if isinstance(line, ast.AnnAssign):
                found[line.target.id] = line.annotation
        return found

    def declares(self, name):
        return name in self.classes or name in self.functional

    def complaints(self, value, name, where):
        if not isinstance(value, dict):
            return [f"{where} is a value, not an object"]
        fields = self.fields(name)
        found = [f"{where}{key} is unknown" for key in value if key not in fields]
        for key, type in fields.items():
            type = parsed(type)
            is_optional = head(type) == "NotRequired"
            if key in value:
                found += self.check(value[key], type, f"{where}{key}")
            elif not is_optional:
                found.append(f"{where}{key} is missing")
        return found

    def check(self, value, type, where):
        """What is wrong with a value; nothing when one of the type's forms fits."""
        type = parsed(type)
        if isinstance(type, ast.BinOp):
            return self.any(value, [type.left, type.right], where)
        if isinstance(type, ast.Subscript):
            items = type.slice.elts if isinstance(type.slice, ast.Tuple) else [type.slice]
            match head(type):
                case "NotRequired" | "Required" | "Optional":
                    return self.check(value, items[0], where)
                case "Union":
                    return self.any(value, items, where)
                case "Literal":
                    # In a form everything is text.
                    allowed = [str(i.value) for i in items]
                    return [] if value in allowed else [f"{where} is {value!r}, not {allowed}"]
                case "List" | "list":
                    if not isinstance(value, dict) or not all(k.isdigit() for k in value):
                        return [f"{where} is no list"]
                    return [c for k, v in value.items()
                            for c in self.check(v, items[0], f"{where}[{k}]")]
                case "Dict" | "dict":
                    if not isinstance(value, dict):
                        return [f"{where} is no map"]
                    return [c for k, v in value.items()
                            for c in self.check(v, items[1], f"{where}[{k}]")]
            return [f"{where}: the type {ast.unparse(type)} is not understood"]
        name = ast.unparse(type).split(".")[-1]
        if self.declares(name):
            return self.complaints(value, name, f"{where}.")
        if isinstance(value, dict):
            return [f"{where} is an object, not {name}"]
        pattern = {"int": r"-?\d+", "bool": "true|false", "str": r"(?s).*",
                   "float": r"-?\d+(\.\d+)?", "Decimal": r"-?\d+(\.\d+)?"}.get(name)
        if pattern is None:
            return [f"{where}: the type {name} is not understood"]
        return [] if re.fullmatch(pattern, value) else [f"{where} is {value!r}, not {name}"]

    def any(self, value, types, where):
        found = [self.check(value, type, where) for type in types]
        return [] if [] in found else max(found, key=len)


def parsed(type):
    """The types are written as text."""
    if isinstance(type, ast.Constant) and isinstance(type.value, str):
        return ast.parse(" ".join(type.value.split()), mode="eval").body
    return type


def head(type):
    return ast.unparse(type.value).split(".")[-1] if isinstance(type, ast.Subscript) else None


class Schema:
    def __init__(self, package):
        self.package = pathlib.Path(package)
        self.version = re.search(
            r'CURRENT = "([^"]+)"', (self.package / "_api_version.py").read_text())[1]
        self.operations = [(m, re.compile(p.replace("ID", r"\w+")), *self.load(stem))
                           for m, p, stem in OPERATIONS]

    def load(self, stem):
        folder, _, name = stem.rpartition("/")
        path = self.package / "params" / folder / f"_{name}_params.py"
        types = Types(path)
        top = "".join(w.capitalize() for w in name.split("_")) + "Params"
        if not types.declares(top):
            raise ValueError(f"{path} does not declare {top}")
        return types, top

    def check(self, method, target, body):
        """What the vendor's types say against a request; an empty list when nothing."""
        url = urlsplit(target)
        for verb, pattern, types, top in self.operations:
            if verb == method and pattern.fullmatch(url.path):
                break
        else:
            return [f"no operation {method} {url.path}"]
        try:
            values = form.tree(body if method == "POST" else url.query)
        except ValueError as problem:
            return [str(problem)]
        return [c for c in types.complaints(values, top, "")]
