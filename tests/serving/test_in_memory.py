"""Where ledgers lie: in memory, unless there is no room."""

import tempfile
from pathlib import Path

from pyuibench.serving import in_memory


def test_a_directory_is_there_until_the_end_of_the_block(tmp_path, monkeypatch):
    monkeypatch.setattr(in_memory, "MEMORY", tmp_path)
    monkeypatch.setattr(in_memory, "LEAST_FREE_BYTES", 1)
    with in_memory.directory() as directory:
        (directory / "ledger.1").touch()
        assert directory.parent == tmp_path
    assert not directory.exists()


def test_without_room_or_without_such_a_place_temporary_files_are_where_they_always_are(tmp_path, monkeypatch):
    monkeypatch.setattr(in_memory, "MEMORY", tmp_path)
    monkeypatch.setattr(in_memory, "LEAST_FREE_BYTES", 2**80)
    assert in_memory.place() == Path(tempfile.gettempdir())
    monkeypatch.setattr(in_memory, "MEMORY", tmp_path / "missing")
    monkeypatch.setattr(in_memory, "LEAST_FREE_BYTES", 1)
    assert in_memory.place() == Path(tempfile.gettempdir())
