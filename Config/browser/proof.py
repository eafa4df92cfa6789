"""What the parts of enhanced.py share: waiting for what must come, and saying what did not."""

import time

from playwright.sync_api import Page, TimeoutError

# Of one thing that a page does by itself; a machine that is busy with other tests takes longer
# than a person would wait.
WAIT_MS = 30_000


def must(holds, words: str):
    if not holds:
        raise AssertionError(words)


def comes(page: Page, expression: str, words: str, arg=None):
    """Waits until `expression`, a function of the page and `arg`, holds."""
    try:
        page.wait_for_function(expression, arg=arg, timeout=WAIT_MS)
    except TimeoutError:
        raise AssertionError(f"{words} – on {page.url}") from None


def hear(page: Page, heard: list[str]):
    """What a page's scripts throw goes to `heard`."""
    page.on("pageerror", lambda error: heard.append(f"{page.url}: {error}"))


def swipe(page: Page, selector: str, by: int):
    """One finger across the middle of what `selector` finds, `by` pixels to the right, where it
    rests before it is lifted: a flick would go on by itself, and swallow a tap meanwhile."""
    box = page.locator(selector).bounding_box()
    finger = page.context.new_cdp_session(page)
    left, top = box["x"] + box["width"] / 2 - by / 2, box["y"] + box["height"] / 2
    began = time.time()
    steps = [("touchStart", 0, 0)]
    steps += [("touchMove", by * step / 8, step * .016) for step in range(1, 9)]
    steps += [("touchMove", by + 1, .4), ("touchMove", by, .5), ("touchEnd", None, .51)]
    for kind, at, after in steps:
        points = [] if at is None else [{"x": left + at, "y": top}]
        finger.send("Input.dispatchTouchEvent", {
            "type": kind, "touchPoints": points, "timestamp": began + after})
    finger.detach()


def click_twice(page: Page, button):
    """A double click whose first answer comes too late: the first request has done what it does when
    the second is sent. A script of the page may keep the second from being sent."""
    answers, sent = [], []

    def hold(route):
        if route.request.method != "POST":
            return route.fallback()
        sent.append(route)
        if len(sent) > 1:
            return route.fallback()
        answers.append(route.fetch(max_redirects=0))

    address = button.evaluate("one => one.hasAttribute('formaction') ? one.formAction : one.form.action")
    page.route(address, hold)
    kept: list[str] = []
    page.on("console", lambda said: kept.append(said.text) if said.text == "kept" else None)
    # Nothing is heard of it where scripts are off.
    page.evaluate("""() => addEventListener('submit',
        event => { if (event.defaultPrevented) console.debug('kept'); })""")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.click(*place)
    until(page, lambda: answers, "the first click sends nothing")
    page.mouse.click(*place)
    until(page, lambda: len(sent) > 1 or kept,
          "the second click neither sends nor is kept from it")
    if len(sent) == 1:
        sent[0].fulfill(response=answers[0])
    page.unroute(address, hold)


def until(page: Page, holds, words: str):
    """As `comes`, for what is known here and not by the page."""
    limit = time.monotonic() + WAIT_MS / 1000
    while not holds():
        must(time.monotonic() < limit, f"{words} – on {page.url}")
        page.wait_for_timeout(20)
