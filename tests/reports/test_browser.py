"""The page in a real browser: Debian's chromium through playwright. Skipped, with the reason, where it is absent.

Screenshots for review go to ``artifacts/`` (light, dark, phone, mail); look at them after a change of looks.
"""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from pipelines.settings import load_settings
from reports import charts
from reports.mail import message

ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts"


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = Path(load_settings().chromium)
    if not chromium.exists():
        pytest.skip(
            f"no browser at {chromium}: apt-get install -y --no-install-recommends chromium fonts-dejavu-core, or set DEFLATION_CHROMIUM"
        )
    with playwright.sync_playwright() as p:
        started = p.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory, full_page):
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(full_page[0], encoding="utf-8")
    return path


def opened(browser, path: Path, **context):
    """A page with what it said to the console and what it asked the network for."""
    tab = browser.new_context(**({"viewport": {"width": 1100, "height": 900}} | context)).new_page()
    said, asked = [], []
    tab.on("console", lambda m: said.append(m.text))
    tab.on("pageerror", lambda e: said.append(str(e)))
    tab.on("request", lambda r: asked.append(r.url))
    tab.goto(path.as_uri())
    until(tab, "document.documentElement.dataset.ready")
    return tab, said, asked


def until(tab, condition: str, seconds: float = 8.0) -> None:
    """Wait from outside: playwright's own waiting evaluates text in the page, which its policy forbids."""
    for _ in range(int(seconds / 0.05)):
        if tab.evaluate(condition):
            return
        tab.wait_for_timeout(50)
    raise AssertionError(f"never became true: {condition}")


def scroll_through(tab) -> None:
    for _ in range(0, tab.evaluate("document.body.scrollHeight"), 700):
        tab.mouse.wheel(0, 700)
        tab.wait_for_timeout(25)
    until(tab, "document.querySelectorAll('[data-live]').length === document.querySelectorAll('[data-chart]').length")


@pytest.mark.parametrize(
    ("look", "context"),
    [
        ("light", {"color_scheme": "light"}),
        ("dark", {"color_scheme": "dark"}),
        ("phone", {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}),
    ],
)
def test_every_chart_lives_with_no_error_and_no_request(browser, page_file, look, context):
    tab, said, asked = opened(browser, page_file, **context)
    scroll_through(tab)
    assert tab.evaluate("document.querySelectorAll('.live svg.marks').length") == len(charts.ALL)
    assert said == [] and [u for u in asked if not u.startswith(("file:", "data:"))] == []
    width = tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    dark = tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 27)"
    assert dark == (look == "dark")
    ARTIFACTS.mkdir(exist_ok=True)
    tab.evaluate("scrollTo(0, 0)")
    tab.screenshot(path=ARTIFACTS / f"report-{look}.png", full_page=True)


def test_the_page_says_when_it_became_interactive(browser, page_file):
    """How soon is a matter of ``benchmarks.report``; here: after parsing and before the charts are drawn."""
    tab, _said, _asked = opened(browser, page_file)
    ready = float(tab.evaluate("document.documentElement.dataset.ready"))
    assert 0 < ready < tab.evaluate("performance.now()")
    assert tab.evaluate("document.querySelectorAll('[data-live]').length < document.querySelectorAll('[data-chart]').length")


def test_the_table_search_finds_and_sorts(browser, page_file):
    tab, said, _asked = opened(browser, page_file)
    tab.fill("#find", "together beacon")
    shown = tab.evaluate(
        "[...document.querySelectorAll('#prices tbody tr')].filter(r => !r.hidden).map(r => r.cells[0].textContent + '/' + r.cells[1].textContent)"
    )
    assert len(shown) == 3 and all(s.startswith("together/beacon-") for s in shown)
    assert tab.inner_text("#found") == "3 of 144 offers"
    tab.fill("#find", "no such thing")
    assert tab.inner_text("#found") == "0 of 144 offers"
    tab.fill("#find", "")
    tab.click("#prices th[data-col=price_output_usd_per_mtok] button")
    prices = tab.evaluate(
        "[...document.querySelectorAll('#prices tbody tr')].map(r => parseFloat(r.cells[5].textContent.slice(1)))"
    )
    assert prices == sorted(prices) and len(prices) == 144 and said == []


def test_the_page_is_whole_without_scripts(browser, page_file):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(page_file.as_uri())
    assert tab.locator(".static svg").count() == len(charts.ALL) and tab.locator(".static svg").first.is_visible()
    assert tab.locator("#prices tbody tr").count() == 144


def test_the_keyboard_reaches_skip_link_search_and_tables(browser, page_file):
    tab, _said, _asked = opened(browser, page_file)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.evaluate("document.querySelectorAll('.scroll:not([tabindex=\"0\"])').length") == 0


def test_print_shows_the_still_charts_and_hides_the_tools(browser, page_file):
    tab, _said, _asked = opened(browser, page_file)
    scroll_through(tab)
    tab.emulate_media(media="print")
    assert tab.locator(".static svg").first.is_visible() and not tab.locator(".live").first.is_visible()
    assert not tab.locator("nav").is_visible()
    assert tab.pdf()[:4] == b"%PDF"


def test_hostile_names_run_nothing(browser, tmp_path, hostile_page):
    path = tmp_path / "hostile.html"
    path.write_text(hostile_page[0], encoding="utf-8")
    tab, said, asked = opened(browser, path)
    alerts = []
    tab.on("dialog", lambda d: (alerts.append(d.message), d.dismiss()))
    scroll_through(tab)
    assert alerts == [] and said == [] and [u for u in asked if not u.startswith(("file:", "data:"))] == []


def test_the_mail_looks_like_a_letter_and_fetches_nothing(browser, tmp_path, full):
    body = message.prepare(full, "daily", "https://deflation.example")
    html = body.html
    for cid, png in body.images:
        html = html.replace(f"cid:{cid}", "data:image/png;base64," + base64.b64encode(png).decode())
    (tmp_path / "mail.html").write_text(html, encoding="utf-8")
    asked: list[str] = []
    tab = browser.new_context(viewport={"width": 700, "height": 900}).new_page()
    tab.on("request", lambda r: asked.append(r.url))
    tab.goto((tmp_path / "mail.html").as_uri())
    assert [u for u in asked if not u.startswith(("file:", "data:"))] == []
    assert tab.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 500 && i.alt.length > 30)")
    ARTIFACTS.mkdir(exist_ok=True)
    tab.screenshot(path=ARTIFACTS / "mail-daily.png", full_page=True)


def test_the_colours_follow_when_the_reader_turns_dark(browser, page_file):
    tab, said, _asked = opened(browser, page_file, color_scheme="light")
    until(tab, "!!document.querySelector('[data-chart=fan][data-live]')")
    tab.emulate_media(color_scheme="dark")
    until(tab, "document.querySelector('[data-chart=fan] .live svg').outerHTML.includes('#83b6e8')")
    assert said == []
