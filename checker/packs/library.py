"""Where the shipped packs lie, and how a name or a folder on the command line becomes one."""

from pathlib import Path

from checker.errors import Problem, RuleError
from checker.yaml_nodes import did_you_mean

DEFAULT_PACK = "streamlined-connectivity"
_PACKAGE = Path(__file__).parent.parent


def packs_folder() -> Path:
    """Return the folder of shipped packs: inside an installed package, else beside it in a source tree."""
    inside = _PACKAGE / "rules"
    return inside if inside.is_dir() else _PACKAGE.parent / "rules"


def shipped_packs() -> tuple[str, ...]:
    """Return the names of the packs that ship with the package, the default first."""
    names = sorted(path.parent.name for path in packs_folder().glob("*/pack.yaml"))
    return tuple(sorted(names, key=lambda name: name != DEFAULT_PACK))


def find_pack(name: str, place: str = "") -> tuple[Path, str]:
    """Return the folder of a pack given by name or path, and how messages show it; ``place``: where it lies now.

    Raises:
        RuleError: there is none.
    """
    if name in shipped_packs():
        return Path(place) if place else packs_folder() / name, f"rules/{name}"
    folder = Path(place or name)
    try:
        if (folder / "pack.yaml").is_file():
            return folder, Path(name).as_posix()
    except OSError as error:  # a folder that may not be entered, a name that is too long
        raise RuleError(Problem(name, f"cannot be read: {error.strerror or error}")) from error
    hint = did_you_mean(name, shipped_packs()) or f"shipped: {', '.join(shipped_packs())}"
    raise RuleError(Problem(name, "there is no such rule pack", f"{hint}; or give a folder with a pack.yaml"))
