"""Nothing leaves for another host, and nothing about a question stays: as run plainly and as on a Space."""

from urllib.parse import urlsplit

import pytest

from tests.page.conftest import SECRET, answered, ask, ready


@pytest.mark.parametrize("where", ["plain", "space"])
def test_nothing_leaves_and_nothing_stays(open_page, site, request, where):
    url = site.url if where == "plain" else ready(request.getfixturevalue("space"))
    page = open_page("about:blank", wait=False, timezone_id="America/Halifax")  # a context of its own
    requests, urls = [], []
    page.context.on("request", lambda r: requests.append(r))
    page.on("framenavigated", lambda frame: urls.append(frame.url))
    page.goto(url)
    page.wait_for_selector("body.ready")
    turn = ask(page, f"What is {SECRET} used for?")
    turn.locator(".link").click()
    turn.locator(".up").click()
    page.get_by_text("Thank you. Your vote was counted.").wait_for()
    page.goto(f"{url}#q={SECRET}")
    page.reload()
    page.goto("about:blank")
    page.goto(f"{url}#q={SECRET}")
    answered(page)
    assert len(requests) > 10
    assert {urlsplit(r.url).netloc for r in requests if not r.url.startswith(("data:", "blob:"))} == {
        urlsplit(url).netloc
    }
    fragments = [r.url for r in requests if SECRET in r.url.partition("#")[0]]
    assert fragments == []
    assert SECRET not in page.url
    assert page.context.cookies() == []
    kept = page.evaluate("""async () => JSON.stringify([
      {...localStorage}, {...sessionStorage}, (await indexedDB.databases()).map((d) => d.name),
      await caches.keys(), (await navigator.serviceWorker?.getRegistrations() ?? []).length, document.cookie])""")
    assert kept == '[{},{},[],[],0,""]'
    votes = [r for r in requests if "/vote/" in r.url]
    assert [(v.method, v.post_data) for v in votes] == [("POST", None)]
