"""Every entry with its patch is still the reference app, and has the new filter; one that doesn't is found out."""

import shutil

import pytest
from turns import turn_of
from twice import errors, lasting_errors

from pyuibench.contract.feature import FEATURE
from pyuibench.entries.catalog import find_entries, load_entry
from pyuibench.entries.sources import CHANGES
from pyuibench.entries.verified import is_change_proven
from pyuibench.project import APPS
from pyuibench.verify.code import checks_hash
from pyuibench.verify.feature import FILTER_ALONE, verify_change

pytestmark = [pytest.mark.servers, pytest.mark.browser]

ENTRIES = find_entries([APPS])


@pytest.fixture
def turn(request):
    """Wait for the turn of an entry that can't be served beside itself or another one."""
    with turn_of(request.getfixturevalue("entry")):
        yield


@pytest.mark.usefixtures("turn")
@pytest.mark.parametrize("entry", ENTRIES.values(), ids=list(ENTRIES))
def test_the_patched_app_does_what_is_asked_for(browser, entry):
    """The baseline with its patch is verified in any case, as this machine and its browser are; `pyuibench change` does all."""
    if not entry.table.baseline and is_change_proven(entry, checks_hash()):
        pytest.skip("apps/verified.json: what runs of it was proven by the same checks")
    assert lasting_errors(lambda: verify_change(browser, entry)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("min_units, self.row_count)", "min_units, 50)", "row_count to 25: table still shows 'Top50of"),
        (
            "            return self._table()",
            '            return self._table() | {"count": "0"}',
            "count shows '0' instead",
        ),
    ],
)
def test_a_filter_that_does_something_else_is_found_out(browser, tmp_path, right, wrong, said):
    shutil.copytree(APPS / "baseline", tmp_path / "baseline", ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / "baseline" / CHANGES / f"{FEATURE}.patch"
    patch = file.read_text()
    assert patch.count(right) == 1
    file.write_text(patch.replace(right, wrong))
    found = errors(verify_change(browser, load_entry(tmp_path / "baseline"), FILTER_ALONE))
    assert len(found) == 1
    assert said in found[0]
