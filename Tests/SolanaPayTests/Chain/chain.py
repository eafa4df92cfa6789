"""A chain for tests: a JSON-RPC front, as a node of Solana has it, before LiteSVM, the virtual
machine of the PyPI package `solders`. The programs that move the money are the chain's own; the
front keeps what they did and tells it in the shapes of the RPC documentation.

    python chain.py PORT_FILE

listens on a free port of 127.0.0.1, writes its number to PORT_FILE, and ends with its parent.
Methods that begin with an underscore are for tests: they make wallets and mints, and pay as a
customer's wallet does, from the address of a transfer request.

Under /faulty/SEED it is a bad node of the same chain: busy (429), gone (503), broken off without an
answer, silent until its caller has given up, behind, so that it does not know the newest
transactions yet, or lists each of them twice. Under /faulty/SEED/PERCENT it is so less often.
"""
import base64
import json
import os
import random
import sys
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message
from solders.pubkey import Pubkey
from solders.system_program import CreateAccountParams, create_account
from solders.transaction import Transaction

SYSTEM = Pubkey.from_string("11111111111111111111111111111111")
TOKEN = Pubkey.from_string("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
ASSOCIATED = Pubkey.from_string("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL")
LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LEVELS = ["processed", "confirmed", "finalized"]
SOL = 10**9
# Longer than the tests' market waits for a bad node.
SILENCE_SECONDS = 5

# The machine is not for two: whoever asks, this thread alone uses it, and all that is kept of it.
operator = ThreadPoolExecutor(1)
machine = operator.submit(LiteSVM).result()
people = {}
mints = {}
seen = {}
order = []
slot = 100


class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def base58(data):
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = LETTERS[rest] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def key(text):
    return Pubkey.from_string(text)


def token_account(owner, mint):
    return Pubkey.find_program_address([bytes(owner), bytes(TOKEN), bytes(mint)], ASSOCIATED)[0]


def token_balances(keys):
    found = []
    for index, address in enumerate(keys):
        account = machine.get_account(address)
        if account is None or account.owner != TOKEN or len(account.data) != 165:
            continue
        mint = Pubkey(account.data[:32])
        decimals = machine.get_account(mint).data[44]
        amount = int.from_bytes(account.data[64:72], "little")
        found.append({
            "accountIndex": index, "mint": str(mint), "owner": str(Pubkey(account.data[32:64])),
            "programId": str(TOKEN),
            "uiTokenAmount": {
                "amount": str(amount), "decimals": decimals, "uiAmount": amount / 10**decimals,
                "uiAmountString": str(amount / 10**decimals)}})
    return found


def execute(payer, instructions, signers=(), keep=True):
    """Runs a transaction whether it succeeds or not, as a wallet that skips the preflight does."""
    global slot
    machine.expire_blockhash()
    message = Message.new_with_blockhash(instructions, payer.pubkey(), machine.latest_blockhash())
    transaction = Transaction([payer, *signers], message, machine.latest_blockhash())
    keys = list(message.account_keys)
    before = [machine.get_balance(one) or 0 for one in keys]
    tokens_before = token_balances(keys)
    result = machine.send_transaction(transaction)
    failed = "Failed" in type(result).__name__
    if not keep:
        if failed:
            raise Refused(-32002, f"the test's own transaction failed: {result.err()}")
        return None
    slot += 1
    error = {"InstructionError": [0, str(result.err())]} if failed else None
    signature, header = str(transaction.signatures[0]), message.header
    order.append(signature)
    seen[signature] = {
        "slot": slot, "level": "confirmed", "err": error, "time": int(time.time()),
        "keys": [str(one) for one in keys],
        "body": {
            "slot": slot, "blockTime": int(time.time()), "version": "legacy",
            "transaction": {
                "signatures": [str(one) for one in transaction.signatures],
                "message": {
                    "header": {
                        "numRequiredSignatures": header.num_required_signatures,
                        "numReadonlySignedAccounts": header.num_readonly_signed_accounts,
                        "numReadonlyUnsignedAccounts": header.num_readonly_unsigned_accounts},
                    "accountKeys": [str(one) for one in keys],
                    "recentBlockhash": str(message.recent_blockhash),
                    "instructions": [
                        {"programIdIndex": one.program_id_index, "accounts": list(one.accounts),
                         "data": base58(bytes(one.data)), "stackHeight": None}
                        for one in message.instructions]}},
            "meta": {
                "err": error, "fee": 5000 * header.num_required_signatures,
                "status": {"Err": error} if failed else {"Ok": None}, "rewards": [],
                "preBalances": before,
                "postBalances": [machine.get_balance(one) or 0 for one in keys],
                "preTokenBalances": tokens_before, "postTokenBalances": token_balances(keys),
                "innerInstructions": [], "logMessages": [],
                "loadedAddresses": {"readonly": [], "writable": []}}}}
    return signature


def extra(references):
    return [AccountMeta(key(one), False, False) for one in references]


def transfer_sol(payer, recipient, amount, references):
    accounts = [AccountMeta(payer.pubkey(), True, True), AccountMeta(recipient, False, True)]
    data = (2).to_bytes(4, "little") + amount.to_bytes(8, "little")
    return Instruction(SYSTEM, data, accounts + extra(references))


def transfer_tokens(payer, recipient, mint, amount, references):
    accounts = [
        AccountMeta(token_account(payer.pubkey(), mint), False, True),
        AccountMeta(mint, False, False),
        AccountMeta(token_account(recipient, mint), False, True),
        AccountMeta(payer.pubkey(), True, False)]
    decimals = machine.get_account(mint).data[44]
    data = bytes([12]) + amount.to_bytes(8, "little") + bytes([decimals])
    return Instruction(TOKEN, data, accounts + extra(references))


def open_account(payer, owner, mint):
    accounts = [
        AccountMeta(payer.pubkey(), True, True),
        AccountMeta(token_account(owner, mint), False, True), AccountMeta(owner, False, False),
        AccountMeta(mint, False, False), AccountMeta(SYSTEM, False, False),
        AccountMeta(TOKEN, False, False)]
    return Instruction(ASSOCIATED, bytes([1]), accounts)


# What tests ask for.

def new_mint(decimals):
    """A token of its own, which this front alone can make more of."""
    owner, mint = Keypair(), Keypair()
    machine.airdrop(owner.pubkey(), 10 * SOL)
    rent = machine.minimum_balance_for_rent_exemption(82)
    made = create_account(CreateAccountParams(
        from_pubkey=owner.pubkey(), to_pubkey=mint.pubkey(), lamports=rent, space=82, owner=TOKEN))
    begun = Instruction(
        TOKEN, bytes([20, decimals]) + bytes(owner.pubkey()) + bytes([0]),
        [AccountMeta(mint.pubkey(), False, True)])
    execute(owner, [made, begun], [mint], keep=False)
    mints[str(mint.pubkey())] = owner
    return str(mint.pubkey())


def new_wallet(lamports, tokens):
    """A wallet with SOL, and with an account for each mint named and so much in it."""
    wallet = Keypair()
    machine.airdrop(wallet.pubkey(), lamports)
    for name, amount in tokens.items():
        owner, mint = mints[name], key(name)
        minted = Instruction(
            TOKEN, bytes([7]) + amount.to_bytes(8, "little"),
            [AccountMeta(mint, False, True),
             AccountMeta(token_account(wallet.pubkey(), mint), False, True),
             AccountMeta(owner.pubkey(), True, False)])
        opened = open_account(owner, wallet.pubkey(), mint)
        execute(owner, [opened, minted] if amount else [opened], keep=False)
    people[str(wallet.pubkey())] = wallet
    return str(wallet.pubkey())


def pay(wallet, lines):
    """One transaction that pays every line: an address of a transfer request, in which a line may
    say otherwise what is sent (minor units), in which token, and with which references."""
    payer, instructions = people[wallet], []
    for line in lines:
        address = urllib.parse.urlsplit(line["url"])
        values = urllib.parse.parse_qs(address.query)
        recipient = key(address.path)
        mint = line.get("mint", values.get("spl-token", [None])[0])
        references = line.get("references", values.get("reference", []))
        decimals = machine.get_account(key(mint)).data[44] if mint else 9
        whole, _, fraction = values["amount"][0].partition(".")
        amount = line.get("amount", int(whole + fraction.ljust(decimals, "0")))
        if mint:
            instructions.append(transfer_tokens(payer, recipient, key(mint), amount, references))
        else:
            instructions.append(transfer_sol(payer, recipient, amount, references))
    return execute(payer, instructions)


def answer(method, params):
    options = next((one for one in params if isinstance(one, dict)), {})
    floor = LEVELS.index(options.get("commitment", "finalized"))

    def valued(value):
        return {"context": {"slot": slot, "apiVersion": "2.2.0"}, "value": value}

    def is_visible(signature):
        return signature in seen and LEVELS.index(seen[signature]["level"]) >= floor

    match method:
        case "getHealth":
            return "ok"
        case "getGenesisHash":
            return str(Pubkey(bytes([7] * 32)))
        case "getAccountInfo":
            account = machine.get_account(key(params[0]))
            return valued(account and {
                "lamports": account.lamports, "owner": str(account.owner),
                "executable": account.executable, "rentEpoch": 0, "space": len(account.data),
                "data": [base64.b64encode(bytes(account.data)).decode(), "base64"]})
        case "getBalance":
            return valued(machine.get_balance(key(params[0])) or 0)
        case "getSignaturesForAddress":
            hits = [one for one in reversed(order)
                    if params[0] in seen[one]["keys"] and is_visible(one)]
            if options.get("before") in hits:
                hits = hits[hits.index(options["before"]) + 1:]
            return [
                {"signature": one, "slot": seen[one]["slot"], "err": seen[one]["err"],
                 "memo": None, "blockTime": seen[one]["time"],
                 "confirmationStatus": seen[one]["level"]}
                for one in hits[:options.get("limit", 1000)]]
        case "getTransaction":
            if "maxSupportedTransactionVersion" not in options:
                raise Refused(-32015, "Transaction version (0) is not supported by the client.")
            return seen[params[0]]["body"] if is_visible(params[0]) else None
        case "getSignatureStatuses":
            return valued([
                {"slot": seen[one]["slot"], "err": seen[one]["err"],
                 "confirmations": None if seen[one]["level"] == "finalized" else 1,
                 "confirmationStatus": seen[one]["level"]} if one in seen else None
                for one in params[0]])
        case "_mint":
            return new_mint(params[0])
        case "_wallet":
            return new_wallet(params[0], params[1])
        case "_pay":
            return pay(params[0], params[1])
        case "_level":
            seen[params[0]]["level"] = params[1]
            return True
        case "_forget":
            # What a fork leaves behind.
            order.remove(params[0])
            del seen[params[0]]
            return True
        case "_tokens":
            account = machine.get_account(token_account(key(params[0]), key(params[1])))
            return int.from_bytes(account.data[64:72], "little") if account else 0
    raise Refused(-32601, "Method not found")


chances = {}


def fault(path):
    """What befalls a call to a bad node, the same for the same seed; None at a good one."""
    if not path.startswith("/faulty/"):
        return None
    dice = chances.setdefault(path, random.Random(path)).random()
    percent = int((path.split("/") + ["100"])[3])
    for name, rate in [("busy", 0.07), ("gone", 0.07), ("broken", 0.06), ("behind", 0.1),
                       ("silent", 0.01), ("double", 0.08)]:
        rate *= percent / 100
        if dice < rate:
            return name
        dice -= rate
    return None


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


class Front(BaseHTTPRequestHandler):
    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        reply = {"jsonrpc": "2.0", "id": question.get("id")}
        bad = fault(self.path)
        if bad == "silent":
            time.sleep(SILENCE_SECONDS)
        if bad in ("broken", "silent"):
            self.close_connection = True
            return
        if bad in ("busy", "gone"):
            self.send_response(429 if bad == "busy" else 503)
            self.send_header("Retry-After", "1")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        try:
            method, params = question["method"], question.get("params") or []
            found = operator.submit(answer, method, params).result()
            if method == "getSignaturesForAddress" and bad in ("behind", "double"):
                found = [] if bad == "behind" else [one for one in found for _ in range(2)]
            reply["result"] = found
        except Refused as refused:
            reply["error"] = {"code": refused.code, "message": str(refused)}
        except Exception as error:  # pylint: disable=broad-except
            reply["error"] = {"code": -32602, "message": f"Invalid params: {error!r}"}
        body = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def end_with(parent):
    """Nobody is to be left behind when the tests are killed."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Front)
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
        file.write(str(server.server_address[1]))
    os.replace(sys.argv[1] + ".new", sys.argv[1])
    server.serve_forever()
