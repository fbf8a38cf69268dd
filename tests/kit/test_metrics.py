from pathlib import Path

import pytest

from sonla_api.kit import metrics


def test_one_process_shows_its_own_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    body, kind = metrics.exposition()
    assert b"sonla_refused_keys_total" in body
    assert kind.startswith("text/plain")


def test_several_processes_show_what_stands_in_their_common_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    assert metrics.exposition()[0] == b""
