"""Pages to which no address leads, because they answer a form: two-step sign-in, and forms that were
refused. Each is looked at as every other page is."""

import base64
import hashlib
import hmac
import struct
import time

import buying
from people import PASSWORD, Person

PERIOD_SECONDS = 30


def look(browser, apps: dict[str, str], walk, looker, tag: str):
    two_step(browser, apps, looker, tag)
    refused(browser, apps, walk, looker)


def code_of(secret: str, now: float) -> str:
    """Six digits by RFC 6238 with SHA-1, as authenticator apps make them of a secret in base 32."""
    plain = secret.replace(" ", "").upper()
    key = base64.b32decode(plain + "=" * (-len(plain) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(now) // PERIOD_SECONDS), hashlib.sha1).digest()
    place = digest[-1] & 15
    number = struct.unpack(">I", digest[place:place + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def two_step(browser, apps, looker, tag: str):
    """A customer turns it on, and signs in with it: a code that is wrong, then one for emergencies."""
    customer = buying.new_customer(browser, apps, tag, "Tove Lind")
    customer.go("/security/two-step").fill("Your password", PASSWORD).press("Go on")
    customer.sees("Scan this with your app")
    looker.look_here(customer, "storefront", "two-step-secret")
    secret = customer.page.locator("code.secret").inner_text()
    right = code_of(secret, time.time())
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    customer.fill("The code that it shows then", wrong).press("Turn it on")
    customer.sees("Code of your app")
    looker.look_here(customer, "storefront", "two-step-refused")
    customer.fill("Code of your app", code_of(secret, time.time())).press("Turn it on")
    customer.sees("Two-step sign-in is on")
    looker.look_here(customer, "storefront", "recovery-codes")
    spare = customer.page.locator("ul.codes code").first.inner_text()
    customer.go("/security/two-step").sees("Make new ones")
    looker.look_here(customer, "storefront", "two-step-on")
    customer.context.close()

    again = Person(browser, apps["storefront"], "Tove Lind", script=True)
    again.sign_in(f"tove-{tag}@example.com").sees("One more step")
    looker.look_here(again, "storefront", "sign-in-code")
    again.fill("Code of your authenticator app", "no code").press("Sign in").sees("One more step")
    looker.look_here(again, "storefront", "sign-in-code-refused")
    again.fill("Code of your authenticator app", spare).press("Sign in").sees("Sign out")
    again.context.close()


def refused(browser, apps, walk, looker):
    """Forms that were sent back, with what is wrong said at the field."""
    guest = Person(browser, apps["storefront"], "somebody in a hurry", script=True)
    send_empty(guest, "/register", "Create account")
    looker.look_here(guest, "storefront", "register-refused")
    guest.context.close()
    artisan = Person.seeing(browser, walk.artisan)
    send_empty(artisan, "/listings/new", "Save as a draft")
    looker.look_here(artisan, "seller", "listing-refused")
    artisan.context.close()
    clerk = Person.seeing(browser, walk.admin)
    send_empty(clerk, "/checklist", "Add the row")
    looker.look_here(clerk, "admin", "checklist-refused")
    clerk.context.close()


def send_empty(person: Person, path: str, button: str):
    """What a browser would not send that looks at `required`."""
    person.go(path)
    person.page.evaluate("""() => {
        for (const one of document.forms) one.noValidate = true;
        for (const one of document.querySelectorAll('main details')) one.open = true;
    }""")
    person.press(button)
    person.page.locator("main [aria-invalid=true], main [role=alert]").first.wait_for()
