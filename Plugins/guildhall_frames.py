"""The frames between the market's provider host and a module in Python.

It lies beside the module; Core/ProviderHost/README.md says what the frames are. A module says hello,
makes an object for each set of settings, and answers questions, each on a thread of its own:

    serve(hello, make, {"check": check, "start": start})
"""
import base64
import itertools
import json
import os
import struct
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor

HEADER = struct.Struct(">IQc")  # length of the body, id, kind
THREADS = 32

writing = threading.Lock()
numbers = itertools.count(1)
waiting = {}  # the host's answers to come, by the number of our call
objects = {}  # what `make` made, by instance


class Refused(Exception):
    """Becomes an error of the contract: {"declined": {"code": …, "message": …}}."""

    def __init__(self, kind, **fields):
        self.error = {kind: fields}


class Call:
    """One question: `made` is the object that it is for, `key` what happens once under."""

    def __init__(self, body):
        self.body = body
        self.made = objects[body["instance"]]
        self.key = body["context"]["idempotencyKey"]

    def fetch(self, method, url, headers, body=b""):
        """One HTTP request, through the host, which alone reaches the network: the answer's status,
        its headers by their names in lower case, and its body."""
        number, answer = next(numbers), Future()
        waiting[number] = answer
        fields = [{"name": name, "value": value} for name, value in headers.items()]
        request = {"method": method, "url": url, "headers": {"fields": fields},
                   "body": base64.b64encode(body).decode()}
        context = self.body["context"]
        write(b"C", number, {
            "instance": self.body["instance"], "context": context,
            "desk": {"send": {"request": request, "deadline": context["deadline"]}}})
        kind, value = answer.result()
        if kind == b"E":  # it was not sent, or nobody knows: the error says which
            (name, parts), = value.items()
            raise Refused(name, **parts)
        return value["status"], by_name(value["headers"]), base64.b64decode(value["body"])


def by_name(headers):
    return {field["name"].lower(): field["value"] for field in headers["fields"]}


def write(kind, number, value):
    body = json.dumps(value).encode()
    with writing:
        sys.stdout.buffer.write(HEADER.pack(len(body), number, kind) + body)
        sys.stdout.buffer.flush()


def read():
    header = sys.stdin.buffer.read(HEADER.size)
    if len(header) < HEADER.size:
        os._exit(0)  # the host has gone, and so do we, whoever waits for it
    length, number, kind = HEADER.unpack(header)
    return kind, number, json.loads(sys.stdin.buffer.read(length) or b"null")


def answer(number, body, make, answers):
    try:
        if "desk" in body:  # the host makes an object, and calls it as the call does
            objects[body["instance"]] = make(body["desk"]["make"]["settings"])
            return write(b"A", number, {})
        (name, asked), = body["question"].items()
        if name not in answers:
            raise Refused("unsupported", operation=name)
        write(b"A", number, answers[name](Call(body), **asked))
    except Refused as refused:
        write(b"E", number, refused.error)
    except Exception as mistake:  # ours, or an answer that cannot be read: it may have been done
        write(b"E", number, {"ambiguous": {"message": f"It stumbled: {type(mistake).__name__}."}})


def serve(hello, make, answers):
    """Answers the host until it has gone."""
    threading.stack_size(1 << 20)
    with ThreadPoolExecutor(THREADS) as pool:
        while True:
            kind, number, value = read()
            if kind == b"H":
                write(b"H", 0, {"protocol": 1, **hello})
            elif kind == b"C":
                pool.submit(answer, number, value, make, answers)
            elif kind in b"AE" and number in waiting:
                waiting.pop(number).set_result((kind, value))
