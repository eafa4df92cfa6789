"""Double clicks: each has one effect and leads where one click leads, with scripts and without."""

import buying
from people import Person
from proof import click_twice, hear, must


def check(browser, apps, walk, listing: str, tag: str, heard: list[str]):
    """With scripts, one of them keeps a form from being sent twice, the same for all; without, the
    server answers the second as the first, which each form has to ask for."""
    buyer = buying.new_customer(browser, apps, tag, "Jonas Keller")
    for script in [True, False]:
        customer = Person.seeing(browser, buyer, script=script)
        hear(customer.page, heard)
        buy(customer, listing, "with scripts" if script else "without scripts")
        customer.context.close()
    buyer.context.close()
    artisan = Person.seeing(browser, walk.artisan, script=False)
    give_back(artisan)
    artisan.context.close()
    admin = Person.seeing(browser, walk.admin, script=False)
    rule(admin, f"Twice {tag}")
    plan(admin)
    admin.context.close()


def buy(customer, listing: str, how: str):
    page = customer.page
    customer.go(listing)
    page.locator("[data-choices] label", has_text="Small").click()
    click_twice(page, page.get_by_role("button", name="Put in the cart"))
    page.wait_for_url("**/cart")
    count = page.locator("main input[name=quantity]").first.input_value()
    must(count == "1", f"a double click puts {count} into the cart, {how}")
    customer.follow("Go to checkout").sees("How it is sent")
    # Whoever has bought before has an address kept, and orders on the page that comes first.
    if page.get_by_label("Town").is_visible():
        buying.write_address(customer)
        click_twice(page, page.get_by_role("button", name="Update shipping and total"))
        customer.sees("held for you for")
    before = buying.purchases(customer)
    click_twice(page, page.get_by_role("button", name="Order and pay"))
    page.wait_for_url("**/purchases/*")
    customer.sees("Purchase [A-Z0-9]")
    made = buying.purchases(customer) - before
    must(made == 1, f"a double click buys {made} times, {how}")
    customer.sees_later("being packed", customer.where().split("?")[0])


def give_back(artisan):
    page = artisan.page
    artisan.go("/orders?state=paid")
    page.locator("main table a").first.click()
    artisan.open("A part of the price")
    form = page.locator("main details[open] form")
    form.locator("[name=amount]").fill("1.00")
    form.locator("[name=reason]").fill("A chip in the glaze.")
    click_twice(page, form.get_by_role("button"))
    artisan.sees("Refunds")
    refunds = page.locator("main section", has=page.get_by_role("heading", name="Refunds")).locator("p")
    must(refunds.count() == 1, f"a double click gives money back {refunds.count()} times")


def rule(admin, name: str):
    admin.go("/commission").fill("Name", name)
    form = admin.page.locator("form[action='/commission-rules']")
    form.locator("[name='ratePpm@percent']").fill("9")
    form.locator("[name=reason]").fill("to be looked at")
    click_twice(admin.page, form.get_by_role("button", name="Add the rule"))
    admin.page.locator("main [role=status]").wait_for()
    admin.go("/commission")
    made = admin.page.get_by_role("heading", name=name, exact=True).count()
    must(made == 1, f"a double click makes {made} rules")


def plan(admin):
    def plans() -> int:
        return admin.go("/payout-plans").page.locator("main table a").count()

    before = plans()
    click_twice(admin.page, admin.page.get_by_role("button", name="Make a plan"))
    admin.page.locator("main [role=status], main [role=alert]").wait_for()
    made = plans() - before
    must(made <= 1, f"a double click makes {made} payout plans")
