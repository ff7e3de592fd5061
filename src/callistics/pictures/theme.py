"""How pictures look in light and in dark: colours that differ for the colour-blind too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Mode = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class _Palette:
    """Colours: of the page below, of text, of lines that help the eye, and of marks."""

    ground: str
    text: str
    muted: str
    grid: str
    main: str
    pale: str
    second: str
    behind: str
    rest: str
    category: tuple[str, ...]
    ramp: tuple[str, ...]


_PALETTES: Mapping[Mode, _Palette] = {
    "light": _Palette(
        ground="#ffffff",
        text="#1f2430",
        muted="#5a6272",
        grid="#e3e6ec",
        main="#4d7be0",
        pale="#a9bdea",
        second="#b4460f",
        behind="#161a24",
        rest="#8a91a0",
        category=(
            "#3763c8",
            "#b4460f",
            "#1b7f5c",
            "#8a4fb5",
            "#8c6a00",
            "#c2347a",
            "#0f7c93",
            "#5a6272",
        ),
        ramp=("#eef2fb", "#3763c8", "#14224a"),
    ),
    "dark": _Palette(
        ground="#1a2029",
        text="#e8eaf0",
        muted="#a4acbb",
        grid="#333a48",
        main="#7ea2ff",
        pale="#3d5594",
        second="#ffa46b",
        behind="#e8eaf0",
        rest="#79818f",
        category=(
            "#7ea2ff",
            "#ffa46b",
            "#5fd0a5",
            "#cfa0f5",
            "#e0be4a",
            "#ff8fc2",
            "#62cfe6",
            "#a4acbb",
        ),
        ramp=("#1d2433", "#4f74d4", "#dfe8ff"),
    ),
}
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def theme(mode: Mode) -> dict[str, Any]:
    """The configuration of a specification for a light or a dark page; it has no background."""
    palette = _PALETTES[mode]
    return {
        "background": None,
        "font": FONT,
        "view": {"stroke": None},
        "title": {
            "anchor": "start",
            "color": palette.text,
            "fontSize": 14,
            "subtitleColor": palette.muted,
            "subtitleFontSize": 11,
            "offset": 24,
        },
        "axis": {
            "labelColor": palette.muted,
            "titleColor": palette.muted,
            "gridColor": palette.grid,
            "domainColor": palette.grid,
            "labelFontSize": 11,
            "titleFontSize": 11,
            "titleFontWeight": "normal",
        },
        "axisX": {"grid": False},
        "legend": {
            "labelColor": palette.text,
            "labelFontSize": 11,
            "symbolSize": 90,
            "offset": 8,
        },
        "range": {
            "category": list(palette.category),
            "heatmap": list(palette.ramp),
            "ramp": {"scheme": list(palette.ramp)},
        },
        "style": _styles(palette),
    }


def _styles(palette: _Palette) -> dict[str, Any]:
    return {
        "main": {"color": palette.main, "stroke": palette.main, "opacity": 1},
        "pale": {"color": palette.pale},
        "lost": {"color": palette.pale, "opacity": 0.6},
        "stack": {},
        "point": {"opacity": 1},
        "cell": {},
        "rest": {"color": palette.rest},
        "second": {"color": palette.second, "strokeWidth": 2},
        "behind": {"color": palette.behind, "thickness": 2, "strokeWidth": 1.5, "opacity": 0.85},
        "behind_group": {"strokeWidth": 1, "opacity": 0.5},
        "hit": {"opacity": 0, "fill": palette.main},
        "halo": {
            "color": palette.ground,
            "stroke": palette.ground,
            "strokeWidth": 4,
            "strokeJoin": "round",
            "fontSize": 11,
        },
        "value": {"color": palette.text, "fontSize": 11},
        "main_name": {"color": palette.category[0], "fontSize": 11},
        "second_name": {"color": palette.second, "fontSize": 11},
        "behind_name": {"color": palette.behind, "fontSize": 11},
        "note": {"color": palette.muted, "fontSize": 11},
    }
