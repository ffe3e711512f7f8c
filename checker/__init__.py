"""Tells for every device of an exported inventory whether it can move, by which path, and what stands in the way.

For notebooks and services: :func:`check`, :func:`read_inventory` and :func:`load_packs` (``checker/library/``), which
are loaded when they are first asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from checker.library import check, load_packs, read_inventory

__version__ = "0.1.0"
__all__ = ["__version__", "check", "load_packs", "read_inventory"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name in __all__:
        from checker import library

        return getattr(library, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
