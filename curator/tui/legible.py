"""Text that can be read in every theme: no colour of text stays nearer to its background than 4.5:1."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, TerminalTheme
from textual.app import App
from textual.color import Color as ThemeColor
from textual.filter import LineFilter

LEAST = 4.5
"""Contrast of text, from WCAG 2.2, success criterion 1.4.3 (level AA)."""

_STEPS = 20
_TEXT = re.compile(r"[^\s\u2500-\u259f\u2800-\u28ff]")
"""Not spaces, lines, blocks and dots of charts: these may be faint."""

_BLACK, _WHITE = ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255)
_PLAIN = Style(dim=False)

_MEANINGS = {1: "text-error", 2: "text-success", 3: "text-warning", 6: "text-primary"}
"""What red, green, yellow and cyan of the 16 colours mean, as variables of a theme."""


class LegibleText(LineFilter):
    """Moves colours of text away from their background, as far as it takes and no further.

    Attributes:
        is_dark: whether the terminal's own background is taken for black; else for white.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_dark = True

    def apply(self, segments: list[Segment], background: ThemeColor) -> list[Segment]:
        """A line with legible text."""
        behind, is_dark = background.rich_color, self.is_dark
        return [
            Segment(text, legible(style, behind, is_dark=is_dark), None)
            if style is not None and _TEXT.search(text)
            else Segment(text, style, None)
            for text, style, _ in segments
        ]


@lru_cache(4096)
def legible(style: Style, behind: Color, *, is_dark: bool) -> Style:
    """A style in which text can be read; the same one where it can be already.

    Colours of the terminal's own palette are taken for those of xterm; one that cannot be read becomes its plain text.
    """
    color, background = style.color or Color.default(), style.bgcolor or behind
    style = style + _PLAIN if style.dim else style
    if contrast(rgb(color, is_dark, is_text=True), below := rgb(background, is_dark, is_text=False)) >= LEAST:
        return style
    if color.type is not ColorType.TRUECOLOR and background.is_default:
        return style + Style(color=Color.default())
    return style + Style(color=Color.from_triplet(_moved(rgb(color, is_dark, is_text=True), below)))


def _moved(color: ColorTriplet, background: ColorTriplet) -> ColorTriplet:
    """The nearest mixture with black or white, whichever is further from the background, that can be read on it."""
    goal = max((_BLACK, _WHITE), key=lambda end: contrast(end, background))
    for step in range(1, _STEPS):
        share = step / _STEPS
        mixed = ColorTriplet(*(round(a + (b - a) * share) for a, b in zip(color, goal, strict=True)))
        if contrast(mixed, background) >= LEAST:
            return mixed
    return goal


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """From 1 (the same) to 21 (black on white), as WCAG 2.2 defines it."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@lru_cache(4096)
def _luminance(color: ColorTriplet) -> float:
    linear = ((part / 12.92) if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def rgb(color: Color, is_dark: bool, *, is_text: bool) -> ColorTriplet:
    """A colour as numbers; the terminal's own text is taken for white on black, or black on white."""
    if color.is_default:
        return _WHITE if is_text == is_dark else _BLACK
    return color.get_truecolor(DEFAULT_TERMINAL_THEME, foreground=is_text)


def colours_with_meanings(theme: TerminalTheme, variables: Mapping[str, str]) -> TerminalTheme:
    """The 16 colours, those that mean something as the theme has them: red is its red of errors."""
    normal = [tuple(theme.ansi_colors[number]) for number in range(16)]
    for number, name in _MEANINGS.items():
        normal[number] = ThemeColor.parse(variables[name]).rgb
    ends = (tuple(theme.background_color), tuple(theme.foreground_color))
    return TerminalTheme(*ends, normal[:8], normal[8:])  # type: ignore[arg-type]


class LegibleApp(App[None]):
    """An app in which text can be read whatever the theme, and one colour means one thing."""

    @cached_property
    def _legible(self) -> LegibleText:
        return LegibleText()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Those of Textual, and what keeps text legible after them."""
        self._legible.is_dark = self.current_theme.dark
        return [*super().get_line_filters(), self._legible]

    @property
    def ansi_theme(self) -> TerminalTheme:
        """The 16 colours as the theme has them."""
        return colours_with_meanings(super().ansi_theme, self.get_css_variables())

    def mean_by_colours(self) -> None:
        """Take the 16 colours of the first theme; of a later one Textual asks itself."""
        self._refresh_truecolor_filter(self.ansi_theme)
