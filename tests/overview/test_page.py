"""The page in a browser: what it shows, and what clicks and searches do, in light and dark."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bundler.overview.document import ReportDocument
from bundler.overview.write import page_text
from tests.browser import Browser, find_browser, opened
from tests.overview.conftest import Reported


@pytest.fixture(scope="module")
def started(reported: Reported) -> Iterator[Browser]:
    """A browser, started once."""
    if find_browser() is None:
        pytest.skip("there is no Chromium (Debian: `apt install chromium`)")
    with opened(reported.page) as found:
        yield found


@pytest.fixture
def browser(started: Browser, reported: Reported) -> Iterator[Browser]:
    """A browser that shows the page, as if it was opened for the first time."""
    started.resize(1280, 900)
    started.prefer("light")
    started.open(reported.page)
    yield started
    assert started.problems == []


def counts(browser: Browser) -> dict[str, str]:
    """The numbers beside the names of sections."""
    found = browser.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#sections a')].map(each =>"
        " [each.hash.slice(1), each.querySelector('span').textContent]))"
    )
    return dict(found)


def test_what_is_shown_at_once(browser: Browser, reported: Reported):
    """The head tells the size and the number of modules; the map, the chart and the tables are filled."""
    document = reported.document
    facts = dict(zip(browser.texts("#facts dt"), browser.texts("#facts dd"), strict=True))

    assert browser.texts("h1") == ["shop"]
    assert facts["Size"] == f"{document['program']['size'] / 1e6:.1f} MB"
    assert facts["Modules"] == f"{len(document['modules']):,}"
    assert counts(browser)["modules"] == str(len(document["modules"]))
    assert {"Python", "your program", "rich"} <= {text.partition("\n")[0] for text in browser.texts("#legend button")}
    assert len(browser.texts("#treemap .tile")) > 50
    assert len(browser.texts("#flame .bar")) > 20
    assert "Show all" in browser.texts("#modules .more")[0]


def test_the_map_is_as_large_as_the_binary(browser: Browser, reported: Reported):
    """The areas of owners in the map are in the proportion of their sizes, and fill it."""
    found = browser.evaluate(
        "[...document.querySelectorAll('#treemap .tile.group')].filter(each => each.style.cssText.includes('--level: 0'))"
        ".concat([...document.querySelectorAll('#treemap .tile:not(.group)')].filter(each =>"
        " each.style.cssText.includes('--level: 0')))"
        ".map(each => [each.ariaLabel, parseFloat(each.style.width) * parseFloat(each.style.height)])"
    )
    whole = browser.evaluate("treemap.clientWidth * treemap.clientHeight")
    areas = {label.rpartition(", ")[0]: area for label, area in found}
    document = reported.document
    python = sum(
        row[key]
        for rows, key in (("modules", "size"), ("libraries", "stored"), ("files", "stored"), ("parts", "size"))
        for row in document[rows]
        if row["owner"] == "stdlib"
    )

    assert sum(areas.values()) == pytest.approx(whole, rel=0.01)
    assert areas["Python"] / whole == pytest.approx(python / document["program"]["size"], rel=0.01)


def test_a_click_into_the_map(browser: Browser):
    """A group becomes the whole map, a module says how it comes in, and the path leads back."""
    browser.click('#treemap [aria-label^="rich, "]')
    inside = browser.texts("#path button")
    browser.click('#treemap [data-key="rich.style"]')
    [details] = browser.texts("#size-details")
    browser.click("#path button")

    assert [text.split()[0] for text in inside] == ["shop", "rich"]
    assert details.startswith("rich.style\n")
    assert "__main__ imports rich.markup" in details
    assert "shop.py:3" in details
    assert len(browser.texts("#path button")) == 1
    assert browser.texts("#size-details") == [""]


def test_a_click_into_a_table(browser: Browser):
    """A row opens and shows the chain of imports; a click on a heading sorts."""
    browser.click("#modules th:first-child button")
    first = browser.texts("#modules tbody code")[0]
    browser.click("#modules th:first-child button")
    last = browser.texts("#modules tbody code")[0]
    browser.click("#search")
    browser.type("prices")
    browser.click("#modules tr.opens")
    shown = browser.texts("#modules .opened .way li")
    browser.click("#modules tr.opens")

    assert first < last
    assert shown == ["__main__ imports prices shop.py:5"]
    assert browser.texts("#modules .opened") == []


def test_a_search(browser: Browser):
    """A search shows what matches in every section, makes the rest of the map faint, and ends with Escape."""
    before = counts(browser)
    browser.press("/")
    browser.type("sqlite")
    found = counts(browser)
    names = browser.texts("#modules tbody tr td:first-child")
    faint = browser.evaluate("[...document.querySelectorAll('#treemap .faint')].map(each => each.dataset.key)")

    assert {"_sqlite3", "sqlite3", "sqlite3.dbapi2"} <= {*names}
    assert all("sqlite" in name for name in names)
    assert 0 < int(found["modules"]) == len(names) < int(before["modules"])
    assert "rich.style" in faint
    assert not any("sqlite" in (key or "") for key in faint)
    browser.press("Escape")
    assert counts(browser) == before


def test_a_click_into_the_chart(browser: Browser, reported: Reported):
    """A bar becomes as wide as the chart, tells its times and how the module comes in; another click goes up again."""
    row = next(row for row in reported.document["start"]["imports"] if row["name"] == "sqlite3")
    wide = browser.evaluate("document.querySelector('#flame [data-key=\"sqlite3\"]').offsetWidth")
    browser.click('#flame [data-key="sqlite3"]')
    [details] = browser.texts("#flame-details")
    whole = browser.evaluate("[document.querySelector('#flame [data-key=\"sqlite3\"]').offsetWidth, flame.clientWidth]")
    browser.click('#flame [data-key="sqlite3"]')

    assert wide < whole[0] == whole[1]
    assert f"\n{row['total'] / 1000:.1f} ms, of which " in details
    assert "__main__ imports sqlite3" in details
    assert browser.texts("#flame-details") == [""]


@pytest.mark.parametrize("way", ["system", "button"])
def test_light_and_dark(browser: Browser, way: str):
    """The page follows the system's colours, and its button wins over them; text can be read in both."""
    script = (
        "[getComputedStyle(document.body).backgroundColor, ...['h1', '#treemap .tile.labelled', '#flame .bar.labelled', 'td']"
        ".map(each => getComputedStyle(document.querySelector(each)).color)]"
    )
    browser.prefer("light")
    light = browser.evaluate(script)
    if way == "system":
        browser.prefer("dark")
    else:
        browser.click("#theme")
    dark = browser.evaluate(script)

    assert lightness(light[0]) > 0.9
    assert lightness(dark[0]) < 0.2
    assert all(lightness(colour) < 0.4 for colour in light[1:])
    assert all(lightness(colour) > 0.7 for colour in dark[1:])


def lightness(colour: str) -> float:
    """Of a colour as a browser tells it, from 0 to 1."""
    numbers = [float(each) for each in re.findall(r"[\d.]+", colour)[:3]]
    return sum(numbers) / 3 / 255


def test_small_windows(browser: Browser):
    """On a telephone nothing is wider than the window."""
    browser.resize(400, 800)
    browser.settle()

    assert browser.evaluate("document.documentElement.scrollWidth") == 400


def test_no_name_ends_the_document(reported: Reported):
    """Whatever names files have, the page is one document that loads nothing: names are data, and no address is in it."""
    text = reported.page.read_text()

    assert "</script>.csv" in json.dumps(reported.document)
    assert text.count("</script>") == 2
    assert re.findall(r'(?:src|href)="[^"#]', text) == []
    assert "://" not in text.partition('id="document"')[0]


def test_an_empty_report(started: Browser, tmp_path: Path):
    """A page without libraries, files, findings and imports says that there are none."""
    document: ReportDocument = {
        "program": {
            **dict.fromkeys(("output", "sha256", "python", "bundler", "libpython", "needs"), ""),  # type: ignore[typeddict-item]
            "name": "<b>",
            "size": 5,
        },
        "owners": {"stdlib": {"label": "Python", "kind": "stdlib", "version": ""}},
        "modules": [],
        "libraries": [],
        "files": [],
        "parts": [{"label": "interpreter and launcher", "size": 5, "owner": "stdlib"}],
        "components": [],
        "findings": [],
        "start": {"what": "none", "imports": []},
    }
    (tmp_path / "page.html").write_text(page_text(document))
    started.open(tmp_path / "page.html")

    assert started.texts("h1") == ["<b>"]
    assert started.texts("#libraries .note") == ["There are none."]
    started.click("#libraries th button")
    assert started.problems == []
