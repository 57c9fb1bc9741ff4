"""A written Space is set up as its Dockerfile says, served by a user without rights, and its page operated; faults are told."""

import fcntl
import re
import tempfile
from pathlib import Path

import pytest
from turns import turn_of

from pyuibench.entries.catalog import load_entry
from pyuibench.errors import ServerError, UserError
from pyuibench.project import APPS
from pyuibench.spaces.check import check
from pyuibench.spaces.write import write

pytestmark = [pytest.mark.servers, pytest.mark.browser]
BASELINE = load_entry(APPS / "baseline").variant("http")


@pytest.fixture(autouse=True)
def the_port_of_spaces():
    """Let one test at a time have the port, which is the same for all Spaces, as tests run in several processes."""
    with (Path(tempfile.gettempdir()) / "pyuibench-test-space.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture
def space(tmp_path):
    return write(BASELINE, tmp_path / "space")


def test_a_space_that_is_right(browser, space):
    steps = list(check(browser, BASELINE, space))
    assert [it.wrong for it in steps] == [()] * len(steps)
    assert [it.what for it in steps][-1] == "the page in a frame of another site, without cookies and storage there"


def test_a_site_is_right_without_what_the_suite_s_own_file_server_puts_into_it(browser, tmp_path):
    variant = load_entry(APPS / "wasm-baseline").variants[0]
    with turn_of(variant.entry):
        steps = list(check(browser, variant, write(variant, tmp_path / "space")))
    assert [(it.what, it.wrong) for it in steps if it.wrong] == []
    assert len(steps) == 5


def test_a_command_that_ends_is_told_by_its_last_words(browser, space):
    file = space / "Dockerfile"
    # Nothing is installed, so that nothing takes long: the server's program isn't there.
    file.write_text(re.sub(r"^RUN (python|pip) .*$", "RUN true", file.read_text(), flags=re.MULTILINE))
    with pytest.raises((ServerError, UserError), match=r"can.t be started|doesn.t answer at port 7860"):
        list(check(browser, BASELINE, space))


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("RUN pip install --no-cache-dir --no-deps ./workload", "RUN echo no room left >&2; exit 3", "no room left"),
        ("RUN useradd", "RUN apt-get install -y no-such-package && useradd", "needs Debian's no-such-package"),
    ],
)
def test_what_cannot_be_set_up_is_a_sentence(browser, space, old, new, error):
    file = space / "Dockerfile"
    text = re.sub(r"^RUN python .*$", "RUN true", file.read_text(), flags=re.MULTILINE)
    file.write_text(text.replace(old, new))
    with pytest.raises(UserError, match=error):
        list(check(browser, BASELINE, space))


def test_hadolint_s_findings_are_told(browser, space):
    file = space / "Dockerfile"
    file.write_text(file.read_text().replace("RUN useradd", "RUN cd /tmp && useradd"))
    steps = check(browser, BASELINE, space)
    next(steps)
    (finding,) = next(steps).wrong
    assert "DL3003" in finding
    steps.close()


def test_what_is_no_space_is_a_sentence(browser, tmp_path):
    with pytest.raises(UserError, match=r"is no Space: it has no README\.md"):
        list(check(browser, BASELINE, tmp_path))
