import os
import shutil
from pathlib import Path

import pytest

from pyuibench.contract.ways import WAYS
from pyuibench.entries import catalog
from pyuibench.entries.catalog import Click, Drag, Keys, Pick, Shown, Type, default_apps, find_entries, load_entry
from pyuibench.entries.choose import choose_for_bench, choose_variants
from pyuibench.entries.delay import Delay
from pyuibench.errors import UserError
from pyuibench.project import APPS, PYODIDE_SITE

VALID = """
[project]
name = "demo"

[tool.pyuibench]
title = "Demo"
package = "demo"
modules = ["demo"]
about = "A framework."
command = ["demo", "run", "{file}", "--module={module}", "--port", "{port}"]
ready = "/"
env = { DEMO_PORT = "{port}", DEMO_MODE = "plain", DEMO_JSON = "{}" }

[tool.pyuibench.controls]
increment = { click = "#increment" }
name = { type = "#name", commit = "Tab" }
category = { open = "#category", option = "text={value}" }
min_units = { drag = "#min_units .handle", along = "#min_units .track", inside = true }
granularity = { click = "input[value='{value}']" }
ask = { click = "#ask" }
crunch = { click = "#crunch" }
upload = { send = "#upload" }
cell = { drag = "#slider-{index} input" }

[tool.pyuibench.keyboard]
min_units = { keys = "#min_units" }
cell = { keys = "#slider-{index} input", grip = "#slider-{index} .handle" }

[tool.pyuibench.outputs]
count = "#count"
greeting = "#greeting"
orders = "#orders"
revenue = "#revenue"
average_price = "#average_price"
top_product = "#top_product"
chart = ".gtitle"
table = "#table"
rows = { selector = "#rows", probe = "canvas" }
answer = "#answer"
progress = "#progress"
crunched = "#crunched"
uploaded = "#uploaded"
cell = "#cell-{index}"

[tool.pyuibench.variants.idiomatic]
role = "idiomatic"
model = "rerun"
about = "What is taught first."
source = "https://example.org/start"
app = "app.py"
grid = "grid.py"
files = ["style.css"]

[tool.pyuibench.variants.tuned]
role = "tuned"
model = "partial-rerun"
about = "Fragments."
source = "https://example.org/fragments"
app = "tuned_app.py"
command = ["python", "{file}"]
ready = "/health"
env = { DEMO_MODE = "fast" }
controls = { cell = { click = "#button-{index}" } }
outputs = { cell = { selector = "#own-{index}-{index}" } }
not_applicable = { grid = "it has no loop" }
"""


PLACES = {"port": "8123"}


def write(directory: Path, text: str = VALID) -> Path:
    directory.mkdir(parents=True)
    (directory / "pyproject.toml").write_text(text)
    return directory


@pytest.fixture
def entry(tmp_path):
    return load_entry(write(tmp_path / "demo"))


def error_of(action) -> str:
    """The text of the error that a user sees: one line, one sentence."""
    with pytest.raises(UserError) as caught:
        action()
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(".")
    assert not text.endswith("..")
    return text


def test_a_valid_entry_is_read_in_full(entry, tmp_path):
    assert (entry.name, entry.directory) == ("demo", (tmp_path / "demo").resolve())
    assert entry.lock == entry.directory / "requirements.lock"
    assert (entry.table.title, entry.table.baseline) == ("Demo", False)
    assert [variant.id for variant in entry.variants] == ["demo/idiomatic", "demo/tuned"]
    assert entry.variant("tuned").table.model == "partial-rerun"


def test_the_projects_own_entries_are_valid():
    entries = find_entries(default_apps(APPS)[:1])
    assert "baseline" in entries
    assert "workload" not in entries
    for variant in choose_variants(entries, ()):
        for page in ("app", "grid"):
            assert all(file.is_file() for file in variant.code_files(page)), variant.id
            assert variant.page_file(page) or page in variant.table.not_applicable, variant.id
        for control in ("increment", "name", "category", "min_units", "granularity", "cell-0"):
            assert variant.gesture(control)


def test_a_variant_takes_from_the_entry_what_it_does_not_give(entry):
    first, tuned = entry.variants
    assert first.command("app", PLACES) == ["demo", "run", "app.py", "--module=app", "--port", "8123"]
    assert first.command("grid", PLACES)[2:4] == ["grid.py", "--module=grid"]
    assert tuned.command("app", PLACES) == ["python", "tuned_app.py"]
    assert (first.ready, tuned.ready) == ("/", "/health")
    assert first.env("app", {"port": "99"}) == {"DEMO_PORT": "99", "DEMO_MODE": "plain", "DEMO_JSON": "{}"}
    assert tuned.env("app", {"port": "99"}) == {"DEMO_PORT": "99", "DEMO_MODE": "fast", "DEMO_JSON": "{}"}
    assert first.code_files("app") == (entry.directory / "app.py", entry.directory / "style.css")


def test_a_variant_may_have_a_lock_of_its_own(tmp_path):
    text = VALID.replace('app = "tuned_app.py"', 'app = "tuned_app.py"\nlock = "fast.lock"')
    first, tuned = load_entry(write(tmp_path / "demo", text)).variants
    assert (first.lock, tuned.lock) == (first.entry.lock, first.entry.directory / "fast.lock")


def test_what_a_reader_is_told_of_an_entry_changes_nothing_that_runs(entry, tmp_path):
    told = 'widgets = "native"\nreleased = 2026-01-31\nwithout = { tuned-shared = "it documents no cache: https://example.org/" }'
    text = VALID.replace('title = "Demo"', f'title = "Demo"\n{told}')
    table = load_entry(write(tmp_path / "told", text)).table
    assert (table.widgets, str(table.released), set(table.without)) == ("native", "2026-01-31", {"tuned-shared"})
    assert load_entry(tmp_path / "told").source_hash() == entry.source_hash()


def test_a_page_that_a_variant_lacks_is_said_with_its_reason(entry):
    tuned = entry.variant("tuned")
    assert tuned.page_file("grid") is None
    assert tuned.code_files("grid") == ()
    assert error_of(lambda: tuned.command("grid", PLACES)) == "demo/tuned has no grid page: it has no loop."


def test_gestures_and_outputs_have_the_index_filled_in(entry):
    first, tuned = entry.variants
    assert first.gesture("cell-3") == Drag(drag="#slider-3 input")
    assert first.gesture("cell-12") == Drag(drag="#slider-12 input")
    assert tuned.gesture("cell-3") == Click(click="#button-3")
    assert first.shown("cell-3") == Shown(selector="#cell-3")
    assert tuned.shown("cell-3") == Shown(selector="#own-3-3")
    # The table itself is left as it is.
    assert first.gesture("cell-4") == Drag(drag="#slider-4 input")
    by_key = Keys(keys="#slider-5 input", grip="#slider-5 .handle")
    assert first.gesture("cell-5", by_key=True) == by_key
    assert tuned.gesture("cell-5", by_key=True) == by_key


def test_gestures_and_outputs_without_an_index_are_as_given(entry):
    first, tuned = entry.variants
    assert first.gesture("increment") == tuned.gesture("increment") == Click(click="#increment")
    assert first.gesture("name") == Type(type="#name", commit="Tab")
    assert first.gesture("category") == Pick(open="#category", option="text={value}")
    assert first.gesture("granularity") == Click(click="input[value='{value}']")
    handle = Drag(drag="#min_units .handle", along="#min_units .track", inside=True)
    assert first.gesture("min_units") == tuned.gesture("min_units") == handle
    assert first.gesture("min_units", by_key=True) == Keys(keys="#min_units")
    assert first.shown("average_price") == Shown(selector="#average_price", probe="text")
    assert first.shown("rows") == Shown(selector="#rows", probe="canvas")


def test_ways_of_controls_follow_from_their_gestures(entry):
    first, tuned = entry.variants
    assert first.ways == {"name": "committed", "category": "pop-up", "min_units": "handle", "cell": "handle"}
    assert tuned.ways == {"name": "committed", "category": "pop-up", "min_units": "handle"}


def test_every_variant_has_a_way_where_there_are_several():
    entries = find_entries(default_apps(APPS)[:1])
    for variant in choose_variants(entries, ()):
        for control, way in variant.ways.items():
            assert control in WAYS[way].controls, variant.id
        assert set(variant.ways) == {control for way in WAYS.values() for control in way.controls}, variant.id


INVALID = {
    "no title": ('title = "Demo"\n', "", "title: Field required"),
    "unknown key": ('ready = "/"\n', 'ready = "/"\nraedy = "/"\n', "raedy: Extra inputs are not permitted"),
    "command is text": ('command = ["demo", ', 'command = "demo" #', "command: Input should be a valid tuple"),
    "port of outgoing connections": (
        'ready = "/"\n',
        'ready = "/"\nport = 38000\n',
        "port: Input should be less than 32768",
    ),
    "modules hold numbers": ('modules = ["demo"]', "modules = [1]", "modules.0: Input should be a valid string"),
    "control is missing": ('increment = { click = "#increment" }\n', "", "controls lacks increment"),
    "keyboard is missing": ('min_units = { keys = "#min_units" }\n', "", "keyboard lacks min_units"),
    "keyboard is unknown": ("[tool.pyuibench.keyboard]", '[tool.pyuibench.keyboard]\nz = { keys = "#z" }', "names: z"),
    "keyboard is a mouse": (
        'min_units = { keys = "#min_units" }',
        'min_units = { click = "#min_units" }',
        "keyboard.min_units",
    ),
    "outputs are missing": ('count = "#count"\ngreeting = "#greeting"\n', "", "outputs lacks count, greeting"),
    "control is unknown": ("[tool.pyuibench.controls]", '[tool.pyuibench.controls]\nx = { click = "#x" }', "names: x"),
    "output is unknown": (
        "[tool.pyuibench.outputs]",
        '[tool.pyuibench.outputs]\ny = "#y"',
        "outputs has unknown names: y",
    ),
    "gesture is unknown": ('{ click = "#increment" }', '{ clik = "#increment" }', "controls.increment"),
    "gesture is two": ('{ click = "#increment" }', '{ click = "#i", keys = "#i" }', "controls.increment"),
    "commit is unknown": ('commit = "Tab"', 'commit = "Space"', "controls.name"),
    "probe is unknown": ('probe = "canvas"', 'probe = "pixels"', "outputs.rows"),
    "role is unknown": ('role = "tuned"', 'role = "tunde"', "variants.tuned.role: Input should be 'idiomatic'"),
    "model is unknown": ('model = "rerun"', 'model = "again"', "variants.idiomatic.model: Input should be 'rerun'"),
    "variant lacks its app": ('app = "app.py"\n', "", "variants.idiomatic.app: Field required"),
    "variant lacks its source": ('source = "https://example.org/start"\n', "", "variants.idiomatic.source"),
    "variant has an unknown key": ('grid = "grid.py"', 'gird = "grid.py"', "variants.idiomatic.gird: Extra inputs"),
    "not TOML": ('title = "Demo"', 'title = "Demo', "is not valid TOML"),
    "key twice": ('title = "Demo"', 'title = "Demo"\ntitle = "Demo"', "is not valid TOML"),
}


@pytest.mark.parametrize("case", INVALID)
def test_an_invalid_table_is_one_sentence_that_names_file_and_problem(tmp_path, case):
    old, new, problem = INVALID[case]
    assert VALID.count(old) == 1
    text = VALID.replace(old, new)
    directory = write(tmp_path / "demo", text)
    message = error_of(lambda: load_entry(directory))
    assert message.startswith(str(directory / "pyproject.toml"))
    assert problem in message


def test_an_entry_without_variants_is_invalid(tmp_path):
    head = VALID[: VALID.index("[tool.pyuibench.variants.idiomatic]")]
    assert "variants: Field required" in error_of(lambda: load_entry(write(tmp_path / "none", head)))
    empty = f"{head}\n[tool.pyuibench.variants]\n"
    assert "variants: " in error_of(lambda: load_entry(write(tmp_path / "empty", empty)))


def test_a_table_that_is_none_is_invalid(tmp_path):
    directory = write(tmp_path / "demo", '[tool]\npyuibench = "Demo"\n')
    assert "[tool.pyuibench]" in error_of(lambda: load_entry(directory))


def test_an_empty_table_is_invalid(tmp_path):
    directory = write(tmp_path / "demo", "[tool.pyuibench]\n")
    assert "title: Field required" in error_of(lambda: load_entry(directory))


def test_tool_that_is_no_table_is_invalid(tmp_path):
    directory = write(tmp_path / "demo", "tool = 1\n")
    error_of(lambda: load_entry(directory))


def test_a_file_that_is_not_utf_8_is_invalid(tmp_path):
    directory = write(tmp_path / "demo")
    (directory / "pyproject.toml").write_bytes(b"# caf\xe9\n" + VALID.encode())
    error_of(lambda: load_entry(directory))


def test_a_variants_own_control_of_an_unknown_name_is_invalid(tmp_path):
    text = VALID.replace("outputs = { cell = {", "outputs = { cel = {")
    assert text != VALID
    error_of(lambda: load_entry(write(tmp_path / "demo", text)))


def test_directories_without_a_table_are_no_entries(tmp_path):
    (tmp_path / "empty").mkdir()
    write(tmp_path / "library", '[project]\nname = "library"\n')
    (tmp_path / "file.txt").write_text("x")
    assert load_entry(tmp_path / "empty") is None
    assert load_entry(tmp_path / "library") is None
    assert find_entries([tmp_path]) == {}


def test_entries_of_several_directories_are_found_by_name(tmp_path):
    write(tmp_path / "one" / "beta")
    write(tmp_path / "one" / "alpha")
    write(tmp_path / "two" / "gamma")
    entries = find_entries([tmp_path / "one", tmp_path / "two"])
    assert list(entries) == ["alpha", "beta", "gamma"]
    assert entries["gamma"].directory == (tmp_path / "two" / "gamma").resolve()


def test_two_entries_of_one_name_are_an_error_that_names_both(tmp_path):
    first, second = write(tmp_path / "one" / "demo"), write(tmp_path / "two" / "demo")
    message = error_of(lambda: find_entries([tmp_path / "one", tmp_path / "two"]))
    assert str(first) in message
    assert str(second) in message


def test_a_directory_that_is_not_there_is_an_error_that_names_it(tmp_path):
    assert str(tmp_path / "none") in error_of(lambda: find_entries([tmp_path / "none"]))


def test_directories_come_from_the_project_and_the_environment(tmp_path, monkeypatch):
    monkeypatch.delenv("PYUIBENCH_APPS", raising=False)
    assert default_apps(tmp_path) == (tmp_path,)
    monkeypatch.setenv("PYUIBENCH_APPS", os.pathsep.join(["/first", "", "/second"]))
    assert default_apps(tmp_path) == (tmp_path, Path("/first"), Path("/second"))


def test_variants_are_chosen_by_name_once_each_in_the_order_asked_for(tmp_path):
    write(tmp_path / "one")
    write(tmp_path / "two")
    entries = find_entries([tmp_path])

    def chosen(*names):
        return [variant.id for variant in choose_variants(entries, names)]

    assert chosen() == ["one/idiomatic", "one/tuned", "two/idiomatic", "two/tuned"]
    assert chosen("two") == ["two/idiomatic", "two/tuned"]
    assert chosen("two/tuned", "one", "two") == ["two/tuned", "one/idiomatic", "one/tuned", "two/idiomatic"]


def test_unknown_entries_and_variants_are_errors_that_name_the_known_ones(tmp_path, entry):
    entries = {"demo": entry}
    message = error_of(lambda: choose_variants(entries, ["dmeo"]))
    assert message == "There is no entry 'dmeo'; known entries: demo."
    assert error_of(lambda: choose_variants({}, ["x"])) == "There is no entry 'x'; known entries: none."
    message = error_of(lambda: choose_variants(entries, ["demo/fast"]))
    assert message == "The entry demo has no variant 'fast'; it has: idiomatic, tuned."


def test_what_is_not_applicable_needs_no_controls_and_no_outputs(tmp_path):
    text = VALID.replace('upload = { send = "#upload" }\n', "").replace('uploaded = "#uploaded"\n', "")
    assert "lacks upload" in error_of(lambda: load_entry(write(tmp_path / "lacking", text)))
    reason = '[tool.pyuibench.not_applicable]\nupload = "no files: https://example.org/no"\n\n[tool.pyuibench.controls]'
    able = load_entry(write(tmp_path / "able", text.replace("[tool.pyuibench.controls]", reason)))
    assert all("upload" in variant.not_applicable for variant in able.variants)
    assert set(able.variant("tuned").not_applicable) == {"upload", "grid"}


@pytest.mark.parametrize(
    ("table", "said"), [("not_applicable", '"x"'), ("caveats", '"x"'), ("delays", "{ wait_ms = 0 }")]
)
def test_an_unknown_name_is_told(tmp_path, table, said):
    text = VALID.replace(
        "[tool.pyuibench.controls]", f"[tool.pyuibench.{table}]\nflying = {said}\n\n[tool.pyuibench.controls]"
    )
    assert f"{table} has unknown names: flying" in error_of(lambda: load_entry(write(tmp_path / "demo", text)))


def test_delays_and_caveats_of_a_variant_go_before_the_entrys(tmp_path):
    text = VALID.replace(
        "[tool.pyuibench.controls]",
        "[tool.pyuibench.delays]\nname = { wait_ms = 0 }\nmin_units = { wait_ms = 0 }\n\n"
        '[tool.pyuibench.caveats]\ncrowd = "few"\n\n[tool.pyuibench.controls]',
    )
    text += 'delays = { name = { wait_ms = 50, source = "text.ts" } }\ncaveats = { stream = "in lines" }\n'
    first, tuned = load_entry(write(tmp_path / "demo", text)).variants
    none = Delay(wait_ms=0)
    assert first.delays == {"name": none, "min_units": none}
    assert tuned.delays == {"name": Delay(wait_ms=50, source="text.ts"), "min_units": none}
    assert tuned.caveats == {"crowd": "few", "stream": "in lines"}


def test_an_entry_built_on_another_framework_says_so(tmp_path):
    text = VALID.replace('title = "Demo"', 'title = "Demo"\nbuilt_on = "Ground"')
    assert load_entry(write(tmp_path / "demo", text)).title == "Demo (on Ground)"


GROUND = ("ground/idiomatic", "ground/tuned")


class TestChoiceForBench:
    @pytest.fixture
    def entries(self, tmp_path):
        write(tmp_path / "demo")
        write(tmp_path / "other")
        write(tmp_path / "ground", VALID.replace('title = "Demo"', 'title = "Ground"\nbaseline = true'))
        return find_entries([tmp_path])

    @pytest.mark.parametrize(
        ("names", "every", "chosen"),
        [
            ((), False, ["demo/idiomatic", *GROUND, "other/idiomatic", "ground/again"]),
            (("demo",), False, [*GROUND, "demo/idiomatic", "ground/again"]),
            (("demo/tuned", "other"), False, [*GROUND, "demo/tuned", "other/idiomatic", "ground/again"]),
            (("demo", "ground"), False, ["demo/idiomatic", *GROUND, "ground/again"]),
            (("ground/tuned", "demo"), False, ["ground/tuned", "demo/idiomatic"]),
            (("ground/idiomatic",), False, ["ground/idiomatic", "ground/again"]),
            (("demo",), True, [*GROUND, "demo/idiomatic", "demo/tuned", "ground/again"]),
        ],
    )
    def test_first_variants_and_all_of_the_control(self, entries, names, every, chosen):
        assert [variant.id for variant in choose_for_bench(entries, names, every)] == chosen

    def test_unknown_names_are_told(self, entries):
        assert "no entry 'nope'" in error_of(lambda: choose_for_bench(entries, ["nope"]))

    def test_without_a_control_there_is_none(self, entries):
        without = {name: entry for name, entry in entries.items() if name != "ground"}
        assert [variant.id for variant in choose_for_bench(without, ["demo"])] == ["demo/idiomatic"]


def test_what_makes_a_site_is_part_of_what_runs_in_the_browser_alone(tmp_path, monkeypatch):
    page, server = load_entry(APPS / "wasm-baseline"), load_entry(APPS / "baseline")
    before = page.source_hash(), server.source_hash()
    shutil.copytree(PYODIDE_SITE, tmp_path / "site")
    monkeypatch.setattr(catalog, "PYODIDE_SITE", tmp_path / "site")
    (ledger,) = (tmp_path / "site").rglob("ledger.py")
    ledger.write_text(f"# A remark.\n{ledger.read_text()}")
    assert (page.source_hash(), server.source_hash()) == before
    ledger.write_text(f"{ledger.read_text()}\nCHANNEL = 'another'\n")
    assert page.source_hash() != before[0]
    assert server.source_hash() == before[1]
