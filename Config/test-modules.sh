# shellcheck shell=bash
# The part of Config/test about provider modules, sourced by it: those that are shipped against every
# rule of the contract, and one that is written outside of the repository, as an outsider would.

# The modules that are shipped, against every rule of the contract.
shipped_modules() {
    local name
    for name in SandboxPayments SandboxWallet StripePayments SolanaPay BankFilePayouts BankTransfer \
        CashOnDelivery TableRateShipping RateTableTax; do
        say "Conformance of $name"
        conformance "$bin/lib$name.so"
    done
    say "Conformance of two modules in Python"
    conformance "$top/Plugins/Shipping/PostalParcels/postal-parcels.module.json"
    conformance "$top/Plugins/Payments/SandboxCards/sandbox-cards.module.json" \
        --counterpart "$bin/libSandboxPayments.so"
}

# A new module of each kind builds and keeps every rule; then a second version of the first is
# loaded beside it, and both keep them still.
new_module() {
    local folder=$work/outside/CornerPay modules=$work/outside/modules
    say "Modules that are written outside of the repository"
    outside_module payment CornerPay
    mkdir -p "$modules"
    cp "$outside_build/debug/libCornerPay.so" "$modules/CornerPay-1.0.so"
    # The second version asks twice where the first asks once, and says which it is, so that it can
    # be told apart.
    sed -i -e 's/version: "1.0"/version: "1.1"/' -e '/Wire.Account.self, "GET"/p' \
        -e 's/"Idempotency-Key": context.idempotencyKey,/"Corner-Version": "1.1", &/' \
        "$folder/Sources/CornerPay/CornerPay.swift"
    (cd "$folder" && swift build --scratch-path "$outside_build") ||
        fail "Its second version does not build."
    cp "$outside_build/debug/libCornerPay.so" "$modules/CornerPay-1.1.so"
    outside_module shipping CornerParcel
    outside_module tax CornerTax
    results+=("module new payment, shipping and tax: each builds, its own test passes, every rule is kept")
    say "Both versions of CornerPay in one process"
    conformance "$modules/CornerPay-1.0.so" --beside "$modules/CornerPay-1.1.so"
    conformance "$modules/CornerPay-1.1.so" --beside "$modules/CornerPay-1.0.so"
    say "Both versions of CornerPay in the market's provider host"
    "$top/Config/both_versions.py" "$bin/guildhall" "$modules" ||
        fail "The market's provider host does not serve both versions; see above."
    results+=("two versions of a module: both serve in one provider host, put anew under checkouts; purchases are placed and paid at each")
}

# A package of the kind $1 and the name $2, as an outsider begins; the provider kit is built once
# for all of them.
outside_module() {
    outside_build=$work/outside/build
    "$bin/guildhall" module new "$1" "$2" --into "$work/outside" --kit "$top"
    (cd "$work/outside/$2" &&
        swift build --build-tests --scratch-path "$outside_build" &&
        swift test --skip-build --scratch-path "$outside_build") ||
        fail "What module new $1 writes does not build, or its own test fails."
    conformance "$outside_build/debug/lib$2.so"
}

conformance() {
    local log=$work/conformance.log
    "$bin/guildhall" module check "$@" | tee "$log" ||
        fail "$1 breaks a rule of the contract; it stands above."
    results+=("conformance: $(tail -n 1 "$log")")
}
