"""How soon a page is painted: Largest Contentful Paint and the bytes of a first visit.

    paint.py URL TIMES     prints a line of JSON for each visit
"""

import json
import os
import sys

from playwright.sync_api import sync_playwright

# A laptop's processor slowed down to a middling telephone's.
SLOWER = 4
PAINT = """window.painted = 0;
new PerformanceObserver(list => {
    for (const one of list.getEntries()) window.painted = one.startTime;
}).observe({type: 'largest-contentful-paint', buffered: true});"""


def visit(browser, url: str) -> dict:
    context = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    kinds: dict[str, str] = {}
    lengths: dict[str, int] = {}
    devtools.on("Network.requestWillBeSent", lambda one: kinds.update(
        {one["requestId"]: one.get("type", "")}))
    devtools.on("Network.loadingFinished", lambda one: lengths.update(
        {one["requestId"]: int(one["encodedDataLength"])}))
    page.add_init_script(PAINT)
    page.goto(url, wait_until="load")
    # Two frames later everything that was loaded is painted.
    page.evaluate("() => new Promise(done => requestAnimationFrame("
                  "() => requestAnimationFrame(() => setTimeout(done, 100))))")
    painted = page.evaluate("window.painted")
    context.close()
    return {
        "paintMs": painted,
        "bytes": sum(size for one, size in lengths.items() if kinds.get(one) != "Image"),
    }


def main() -> int:
    url, times = sys.argv[1], int(sys.argv[2])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("GUILDHALL_CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"])
        # The first visit of a browser pays for its own start.
        visit(browser, url)
        for _ in range(times):
            print(json.dumps(visit(browser, url)), flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
