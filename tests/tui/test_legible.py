"""Text can be read in every theme."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.style import Style

from curator.tui.legible import LEAST, contrast, legible, rgb
from tests.tui.driving import drive

TEXT = re.compile(r"[^\s\u2500-\u259f\u2800-\u28ff]")
SCREENS = {"review": (), "overview": ("o",), "browse": ("b", "space"), "question": ("A",)}

parts = st.integers(0, 255)
colours = st.one_of(
    st.just(Color.default()),
    st.integers(0, 15).map(Color.from_ansi),
    st.tuples(parts, parts, parts).map(lambda values: Color.from_triplet(ColorTriplet(*values))),
)


def seen(style, *, is_dark):
    """The contrast of a style as it is painted; colours of the terminal are those of xterm."""
    color, background = style.color or Color.default(), style.bgcolor or Color.default()
    return contrast(rgb(color, is_dark, is_text=True), rgb(background, is_dark, is_text=False))


@settings(deadline=None)
@given(colours, colours, st.booleans(), st.booleans(), st.booleans())
def test_any_colours_become_legible_and_legible_ones_stay(color, background, is_dark, dim, reverse):
    given_style = Style(color=color, bgcolor=background, dim=dim, reverse=reverse)
    made = legible(given_style, Color.default(), is_dark=is_dark)
    assert seen(made, is_dark=is_dark) >= LEAST
    if not dim and seen(given_style, is_dark=is_dark) >= LEAST:
        assert made == given_style


def test_contrast_is_that_of_wcag():
    black, white, grey = ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255), ColorTriplet(118, 118, 118)
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(grey, white) == pytest.approx(4.54, abs=0.01)  # the lightest grey that WCAG lets pass on white


@pytest.mark.parametrize("no_colour", [False, True])
def test_all_text_on_the_screen_has_contrast_in_every_theme(desk, monkeypatch, no_colour):
    if no_colour:
        monkeypatch.setenv("NO_COLOR", "1")
    faint = {}

    async def steps(pilot, app):
        for name, keys in SCREENS.items():
            await pilot.press("escape", *keys)
            await app.workers.wait_for_complete()
            for theme in app.available_themes if not no_colour else ("textual-dark", "textual-light", "ansi-light"):
                app.theme = theme
                await pilot.pause()
                for strip in app.screen._compositor.render_strips():
                    for text, style, _ in strip:
                        is_faint = TEXT.search(text) and seen(style, is_dark=app.current_theme.dark) < LEAST
                        if is_faint or (TEXT.search(text) and style.dim):
                            faint[theme, name] = text, str(style)

    drive(Path(desk), steps, size=(120, 40))
    assert faint == {}


def test_errors_warnings_and_what_is_kept_have_one_colour_each(desk):
    async def steps(pilot, app):
        app.theme = "solarized-light"
        await pilot.pause()
        for number, name in ((1, "text-error"), (2, "text-success"), (3, "text-warning")):
            painted = app.ansi_theme.ansi_colors[number]
            assert f"#{''.join(f'{part:02X}' for part in painted)}" == app.theme_variables[name].upper()

    drive(Path(desk), steps)
