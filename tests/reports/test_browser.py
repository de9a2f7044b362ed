"""The pages and the mail in a real browser: Debian's chromium through playwright. Skipped, with the reason, where absent.

Screenshots for review go to ``artifacts/``; look at them after a change of looks.
"""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from pipelines.settings import load_settings
from reports.mail import message
from reports.mail.message import MailSettings
from reports.site.site import edition_files

ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts"
HOW = MailSettings("reports@deflation.example", base_url="https://deflation.example")
LOOKS = [(320, "light"), (390, "light"), (390, "dark"), (768, "light"), (1280, "light"), (1280, "dark")]


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


def written(folder: Path, edition) -> Path:
    """The edition's files on disk, where a reader would have them."""
    for name, raw in edition_files(edition).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory, full) -> Path:
    return written(tmp_path_factory.mktemp("site") / "editions" / full.edition_id, full)


def opened(browser, path: Path, **context):
    """A page with what it said to the console and what it asked the network for."""
    tab = browser.new_context(**({"viewport": {"width": 1100, "height": 900}} | context)).new_page()
    said, asked = [], []
    tab.on("console", lambda m: said.append(m.text))
    tab.on("pageerror", lambda e: said.append(str(e)))
    tab.on("request", lambda r: asked.append(r.url))
    tab.goto(path.as_uri())
    return tab, said, [u for u in asked if not u.startswith(("file:", "data:"))]


@pytest.mark.parametrize(("width", "look"), LOOKS)
def test_the_edition_fits_every_width_in_light_and_dark_and_asks_for_nothing(browser, folder, width, look):
    tab, said, asked = opened(browser, folder / "index.html", viewport={"width": width, "height": 900}, color_scheme=look)
    assert said == [] and asked == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert (tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 27)") == (look == "dark")
    seen = tab.evaluate("[...document.querySelectorAll('figure svg')].filter(s => s.checkVisibility()).length")
    assert seen == tab.locator("figure").count() == 3
    ARTIFACTS.mkdir(exist_ok=True)
    tab.screenshot(path=ARTIFACTS / f"edition-{width}-{look}.png", full_page=True)


def test_every_further_page_fits_a_phone_and_opens_without_an_error(browser, folder):
    for path in sorted(folder.glob("*.html")):
        tab, said, asked = opened(browser, path, viewport={"width": 390, "height": 844})
        assert (said, asked) == ([], []), path.name
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390, path.name
        if path.name != "prices.html":  # every price is a table to search and sort, in a frame of its own
            cut = "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.ariaLabel)"
            assert tab.evaluate(cut) == [], path.name
        tab.close()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_no_serious_fault_on_any_page(browser, folder, look):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    for path in sorted(folder.glob("*.html")):
        context = browser.new_context(viewport={"width": 1000, "height": 900}, color_scheme=look, bypass_csp=True)
        tab = context.new_page()
        tab.goto(path.as_uri())
        found = axe.Axe().run(tab).response["violations"]
        grave = [
            (v["id"], n["html"][:160], n.get("failureSummary")) for v in found if v["impact"] in ("serious", "critical") for n in v["nodes"]
        ]
        assert grave == [], f"{path.name}: {grave[:2]}"
        context.close()


def test_the_screen_reader_hears_the_questions_in_order_and_every_chart(browser, folder):
    tab, _said, _asked = opened(browser, folder / "index.html")
    tree = tab.locator("main").aria_snapshot()
    questions = [
        "How fast",
        "Where does it go",
        "How far can it fall",
        "What changed",
        "Who moved",
        "How wrong were we",
        "What is not known",
    ]
    places = [tree.index(f'heading "{q}') for q in questions]
    assert places == sorted(places)
    assert tree.count('img "') == 3


def test_the_table_search_finds_and_sorts(browser, folder):
    tab, said, _asked = opened(browser, folder / "prices.html")
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
    prices = tab.evaluate("[...document.querySelectorAll('#prices tbody tr')].map(r => parseFloat(r.cells[5].textContent.slice(1)))")
    assert prices == sorted(prices) and len(prices) == 144 and said == []


def test_the_keyboard_reaches_the_skip_link_first_and_every_link_shows_focus(browser, folder):
    tab, _said, _asked = opened(browser, folder / "index.html")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    links = tab.locator("a").count()
    for _ in range(links + 4):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement === document.body"):
            break
        assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert tab.evaluate("document.querySelectorAll('.scroll:not([tabindex=\"0\"])').length") == 0


def test_print_shows_charts_and_meanings_and_hides_what_can_only_be_clicked(browser, folder):
    tab, _said, _asked = opened(browser, folder / "index.html")
    tab.emulate_media(media="print")
    assert tab.locator(".wide svg").first.is_visible() and not tab.locator("nav").is_visible()
    assert "science questions" in tab.evaluate("getComputedStyle(document.querySelector('p abbr'), '::after').content")
    assert tab.pdf()[:4] == b"%PDF"


def test_hostile_names_run_nothing(browser, tmp_path, hostile):
    for path in sorted(written(tmp_path, hostile).glob("*.html")):
        tab, said, asked = opened(browser, path)
        alerts: list[str] = []
        tab.on("dialog", lambda d, seen=alerts: (seen.append(d.message), d.dismiss()))
        tab.wait_for_timeout(50)
        assert alerts == [] and said == [] and asked == [], path.name
        tab.close()


@pytest.mark.parametrize("profile", ["daily", "weekly", "alert"])
@pytest.mark.parametrize(("width", "look"), [(320, "light"), (390, "light"), (390, "dark"), (600, "light"), (600, "dark")])
def test_the_mail_fits_every_width_and_fetches_nothing(browser, tmp_path, full, profile, width, look):
    body = message.prepare(full, profile, HOW)
    html = body.html
    for cid, png in body.images:
        html = html.replace(f"cid:{cid}", "data:image/png;base64," + base64.b64encode(png).decode())
    (tmp_path / "mail.html").write_text(html, encoding="utf-8")
    tab, _said, asked = opened(browser, tmp_path / "mail.html", viewport={"width": width, "height": 900}, color_scheme=look)
    assert asked == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    wide = tab.evaluate(
        "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 90))"
    )
    assert wide == []
    assert tab.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 500 && i.alt.length > 30)")
    assert tab.locator("img").count() == (0 if profile == "alert" else 1)
    assert (
        tab.locator("a", has_text="Open the report").get_attribute("href")
        == f"https://deflation.example/editions/{full.edition_id}/index.html"
    )
    sheet = tab.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor")
    assert (sheet == "rgb(29, 33, 37)") == (look == "dark")
    assert len(tab.inner_text("body").split()) <= 250
    ARTIFACTS.mkdir(exist_ok=True)
    tab.screenshot(path=ARTIFACTS / f"mail-{profile}-{width}-{look}.png", full_page=True)


def costs(tab) -> list[list[str]]:
    return tab.evaluate("[...document.querySelectorAll('#costs tbody tr:not(.below)')].map(r => [...r.cells].map(c => c.textContent))")


def test_the_calculator_adds_up_by_hand_and_its_address_can_be_shared(browser, folder, full):
    tab, said, asked = opened(browser, folder / "calculator.html")
    tab.fill("#models", "atlas-mini")
    tab.fill("#in", "300M")
    tab.fill("#out", "50M")
    rows = costs(tab)
    # seller i asks 0.05 (i + 1) in and 0.2 (i + 1) out: 300 x 0.05 + 50 x 0.2 = 25 USD times i + 1
    assert [r[2] for r in rows] == [f"${25 * (i + 1)}.00" for i in range(8)] and rows[0][0] == "anthropic"
    assert "$25.00 a month at anthropic" in tab.inner_text("#said") and said == [] and asked == []
    address = tab.evaluate("location.href")
    again = browser.new_context().new_page()
    again.goto(address)
    assert costs(again) == rows and again.input_value("#in") == "300M"
    assert again.locator("#line path").count() == 1


def test_equal_costs_are_told_together_with_what_was_seen_last_on_the_sellers_own_page_first(browser, folder):
    tab, _said, _asked = opened(browser, folder / "calculator.html")
    for field, text in (("#models", "atlas-mini"), ("#in", "0"), ("#out", "0")):
        tab.fill(field, text)
    rows = costs(tab)
    assert {r[2] for r in rows} == {"$0.00"} and f"and {len(rows) - 1} more" in tab.inner_text("#said")
    order = [(r[6] != "first_party", *(-int(n) for n in r[7].replace("–", "0-0-0").split("-"))) for r in rows]
    assert order == sorted(order)


def test_on_a_phone_the_calculator_tells_each_offer_in_two_lines_and_none_is_cut(browser, folder):
    tab, _said, _asked = opened(browser, folder / "calculator.html", viewport={"width": 390, "height": 844})
    tab.goto((folder / "calculator.html").as_uri() + "#models=atlas-70b&in=300M&out=50M")
    assert tab.evaluate("(e => e.scrollWidth <= e.clientWidth)(document.querySelector('.scroll'))")
    first = tab.locator("#costs tr.below").first
    assert first.is_visible() and "atlas-70b · first party · last seen " in first.inner_text()
    tab.set_viewport_size({"width": 1000, "height": 844})
    assert not first.is_visible()


def test_the_calculator_knows_a_model_by_its_other_names(browser, folder):
    tab, _said, _asked = opened(browser, folder / "calculator.html")
    tab.fill("#models", "Maker/Atlas")
    assert {r[1] for r in costs(tab)} == {"atlas-70b"}


def test_the_calculator_counts_cached_tokens_apart_and_says_where_a_price_is_not_known(browser, folder):
    tab, _said, _asked = opened(browser, folder / "calculator.html")
    for field, text in (("#models", "atlas-70b, atlas-mini"), ("#in", "10M"), ("#cached", "4M"), ("#out", "1M")):
        tab.fill(field, text)
    rows = {(r[0], r[1]): r[2] for r in costs(tab)}
    # anthropic atlas-70b: 0.1 in, 0.01 cached, 0.4 out: 6 x 0.1 + 4 x 0.01 + 0.4
    assert rows["anthropic", "atlas-70b"] == "$1.04" and rows["anthropic", "atlas-mini"] == "not known"
    assert tab.locator("#line path").count() == 1


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("#in", "many", "Write tokens as"),
        ("#cached", "400M", "cannot be more"),
        ("#models", "atlas-mni", "near names: atlas-"),
        ("#models", "<img src=x onerror=alert(1)>", "No model is known"),
    ],
)
def test_the_calculator_answers_wrong_input_with_a_sentence(browser, folder, field, text, words):
    tab, said, _asked = opened(browser, folder / "calculator.html")
    tab.fill("#models", "atlas-mini")
    tab.fill(field, text)
    assert words in tab.inner_text("#said") and costs(tab) == [] and said == []
