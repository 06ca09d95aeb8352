"""The configuration that visitors meet: options that Streamlit knows, safe defaults, colours that can be read."""

from __future__ import annotations

import tomllib
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from streamlit import config

ROOT = Path(__file__).resolve().parents[1]
CONFIG: dict[str, Any] = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
THEMES = ("light", "dark")


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of "#rrggbb"."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(over: str, under: str, opacity: float) -> str:
    pairs = [(int(over[i : i + 2], 16), int(under[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a * opacity + b * (1 - opacity)):02x}" for a, b in pairs)


def option_names(table: dict[str, Any], prefix: str = "") -> list[str]:
    names = []
    for key, value in table.items():
        names += option_names(value, f"{prefix}{key}.") if isinstance(value, dict) else [prefix + key]
    return names


def test_streamlit_knows_every_option() -> None:
    known = config.get_config_options()
    assert [name for name in option_names(CONFIG) if name not in known] == []


def test_the_server_is_local_and_tells_visitors_nothing() -> None:
    assert CONFIG["server"]["address"] == "localhost"
    assert set(CONFIG["server"]["allowedHosts"]) == {"localhost", "127.0.0.1", "*.streamlit.app"}
    assert CONFIG["client"]["showErrorDetails"] in ("type", "none")
    assert CONFIG["browser"]["gatherUsageStats"] is False


@pytest.mark.parametrize("name", THEMES)
def test_contrast(name: str) -> None:
    theme = CONFIG["theme"][name]
    grounds = [theme["backgroundColor"], theme["secondaryBackgroundColor"]]
    ratios = {("label of a primary button", "#ffffff"): (contrast("#ffffff", theme["primaryColor"]), 4.5)}
    for ground in grounds:
        ratios["text", ground] = contrast(theme["textColor"], ground), 7
        ratios["caption", ground] = contrast(mixed(theme["textColor"], ground, 0.6), ground), 4.5
        ratios["link", ground] = contrast(theme["linkColor"], ground), 4.5
        ratios["primary", ground] = contrast(theme["primaryColor"], ground), 3
    for colour, ground in product(theme["chartCategoricalColors"], grounds[:1]):
        ratios[f"chart {colour}", ground] = contrast(colour, ground), 3
    assert {what: ratio for what, (ratio, least) in ratios.items() if ratio < least} == {}
