"""One pattern for two engines: Rust looks at every message, Python at the few that are left."""


def anywhere(pattern: str) -> str:
    """`pattern`, written for Python, as polars' `str.contains` should get it: any case, ASCII classes.

    Rust's Unicode word boundaries and classes are exact, but build automata so large that they cost more than the
    search. Words of these patterns are English, so ASCII ones find the same. Look-around is not supported.
    """
    for code in ("b", "w", "d", "s"):
        pattern = pattern.replace(rf"\{code}", rf"(?-u:\{code})")
    return f"(?i){pattern}"
