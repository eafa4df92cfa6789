"""The customer's main job on a phone, with a thumb: search, choose, cart, checkout, pay, receipt.
On each page nothing is wider than the screen, and nothing is too small for a finger. The phone is
in Tokyo, and clock times are told in its time."""

import buying
from gallery import PHONE
from people import Person
from proof import comes, hear, must

# WCAG 2.2, 2.5.8: 24 by 24 CSS pixels, but for links within a sentence. A box or dot is pressed
# by its label too.
TOO_SMALL = """least => [...document.querySelectorAll(
        'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=option]')]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.closest('.unseen, .skip')
        && !one.matches('.skip, .unseen'))
    .map(one => one.matches('[type=radio], [type=checkbox]') ? one.closest('label') || one : one)
    .filter(one => {
        const inline = getComputedStyle(one).display === 'inline';
        const within = [...one.parentElement.childNodes].some(
            part => part.nodeType === Node.TEXT_NODE && part.data.trim());
        if (one.tagName === 'A' && inline && within) return false;
        const parts = [one, ...one.children].map(part => part.getBoundingClientRect());
        const wide = Math.max(...parts.map(box => box.width));
        const high = Math.max(...parts.map(box => box.height));
        return wide < least - .5 || high < least - .5;
    })
    .map(one => {
        const box = one.getBoundingClientRect();
        return `${one.tagName} “${(one.innerText || one.name || '').trim().slice(0, 40)}” `
            + `${Math.round(box.width)}×${Math.round(box.height)}`;
    })"""


def check(browser, apps, tag: str, heard: list[str]):
    phone = Person(browser, apps["storefront"], "somebody with a phone", script=True,
                   timezone_id="Asia/Tokyo", **PHONE)
    hear(phone.page, heard)
    walk(phone, tag)
    phone.context.close()


def fits(phone):
    page = phone.page
    wide = page.evaluate("Math.max(document.documentElement.scrollWidth, innerWidth)")
    must(wide <= 360, f"{page.url} is {wide} px wide on a phone of 360")
    small = page.evaluate(TOO_SMALL, 24)
    must(not small, f"{page.url}: too small for a finger: {small[:6]}")


def tells_its_time(phone):
    """Every clock time of the page stands nine hours after the one in UTC, which it keeps."""
    said = phone.page.evaluate("""() => [...document.querySelectorAll('time[data-clock]')].map(
        one => [one.dateTime, one.textContent, one.title])""")
    must(said, f"{phone.page.url} tells no clock time")
    for moment, text, kept in said:
        hour = (int(moment[11:13]) + 9) % 24
        must(f"{hour:02}:{moment[14:16]}" in text and "UTC" not in text and kept.endswith(" UTC"),
             f"{phone.page.url} tells {moment} as “{text}”, “{kept}”")


def tap(phone, words: str, role: str = "button"):
    place = phone.page.get_by_role(role, name=words, exact=role == "button").first
    place.tap()


def walk(phone, tag: str):
    page = phone.page
    fits(phone.go("/"))
    page.locator("header input[type=search]").tap()
    page.keyboard.type("tall branch")
    option = page.locator("#suggestions [role=option]", has_text="Tall Branch Vase").first
    option.wait_for()
    fits(phone)
    option.tap()
    page.wait_for_url("**/listings/*")
    fits(phone)
    page.locator("[data-choices] label", has_text="Moss").tap()
    comes(page, "() => document.querySelector('[data-shown=stock]').textContent !== ''",
          "a tap does not choose")
    tap(phone, "Put in the cart")
    page.wait_for_url("**/cart")
    fits(phone.sees("Moss"))
    tap(phone, "Go to checkout", "link")
    page.wait_for_url("**/checkout")
    fits(phone)
    phone.fill("E-mail", f"thumb-{tag}@example.com")
    buying.write_address(phone)
    tap(phone, "Update shipping and total")
    page.wait_for_url("**/checkout/*")
    fits(phone.sees("held for you for"))
    tells_its_time(phone)
    page.get_by_role("button", name="Order and pay").tap()
    page.wait_for_url("**/purchases/*")
    phone.sees_later("being packed", phone.where().split("?")[0])
    fits(phone)
    tells_its_time(phone)
    tap(phone, "Receipt", "link")
    page.wait_for_url("**/receipt*")
    fits(phone.sees("Tall Branch Vase"))
