"""The settings of pictures: lists as text with commas, and what is allowed."""

from pathlib import Path
from typing import Any

import pytest

from tests.databases import settings_for
from webstore_kit import SettingsError


def test_lists_are_text_with_commas_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBSTORE_THUMBNAIL_WIDTHS", "800, 320,800")
    monkeypatch.setenv("WEBSTORE_PICTURE_PRIVATE_HOSTS", "NAS.local, 192.168.1.7/24, fd00::1")
    settings = settings_for(tmp_path)
    assert settings.thumbnail_widths == [320, 800]
    assert settings.picture_private_hosts == ["nas.local", "192.168.1.0/24", "fd00::1/128"]


def test_there_may_be_no_thumbnails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBSTORE_THUMBNAIL_WIDTHS", "")
    assert settings_for(tmp_path).thumbnail_widths == []


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("thumbnail_widths", [15], "greater than or equal to 16"),
        ("thumbnail_widths", [4097], "less than or equal to 4096"),
        ("thumbnail_widths", "wide", "valid integer"),
        ("thumbnail_widths", list(range(100, 109)), "at most 8 items"),
        ("picture_private_hosts", ["http://nas.local"], "must be names of hosts, IP addresses or networks"),
        ("picture_private_hosts", ["192.168.1.0/33"], "must be names of hosts, IP addresses or networks"),
        ("picture_private_hosts", ["192.168.1"], "must be names of hosts, IP addresses or networks"),
        ("picture_max_size", 1023, "greater than or equal to 1024"),
        ("picture_max_pixels", 999, "greater than or equal to 1000"),
        ("picture_max_pixels", 170_000_001, "less than or equal to 170000000"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, name: str, value: Any, allowed: str) -> None:
    with pytest.raises(SettingsError, match=rf"^the argument {name} is wrong: .*{allowed}"):
        settings_for(tmp_path, **{name: value})
