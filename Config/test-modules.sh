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

# A new module builds and keeps every rule; then a second version of it is loaded beside the first,
# and both keep them still.
new_module() {
    local folder=$work/outside/CornerPay modules=$work/outside/modules
    say "A module that is written outside of the repository"
    "$bin/guildhall" module new payment CornerPay --into "$work/outside" --kit "$top"
    (cd "$folder" && swift build --build-tests && swift test --skip-build) ||
        fail "What module new writes does not build, or its own test fails."
    conformance "$folder/.build/debug/libCornerPay.so"
    mkdir -p "$modules"
    cp "$folder/.build/debug/libCornerPay.so" "$modules/CornerPay-1.0.so"
    # The second version asks twice where the first asks once, so that it can be told apart.
    sed -i -e 's/version: "1.0"/version: "1.1"/' -e '/Wire.Account.self, "GET"/p' \
        "$folder/Sources/CornerPay/CornerPay.swift"
    (cd "$folder" && swift build) || fail "Its second version does not build."
    cp "$folder/.build/debug/libCornerPay.so" "$modules/CornerPay-1.1.so"
    say "Both versions of it in one process"
    conformance "$modules/CornerPay-1.0.so" --beside "$modules/CornerPay-1.1.so"
    conformance "$modules/CornerPay-1.1.so" --beside "$modules/CornerPay-1.0.so"
    say "Both versions of it in the market's provider host"
    "$top/Config/both_versions.py" "$bin/guildhall" "$modules" ||
        fail "The market's provider host does not serve both versions; see above."
    results+=("two versions of a module: both serve in one provider host, put anew under checkouts")
}

conformance() {
    local log=$work/conformance.log
    "$bin/guildhall" module check "$@" | tee "$log" ||
        fail "$1 breaks a rule of the contract; it stands above."
    results+=("conformance: $(tail -n 1 "$log")")
}
