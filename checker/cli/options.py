"""Options that several commands share, and how their texts become values."""

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from checker.cli.given import each_filled, filled, single
from checker.cli.stdin import kept_standard_input
from checker.errors import Problem, UsageError
from checker.inventory.date_order import Order
from checker.inventory.given import WILD
from checker.options import FIRST_DAY, LAST_DAY, MOST_AGE_DAYS, Options, digits_of_sha256

Command = Callable[..., Any]

_FILE = click.Path(path_type=str)
ORDERS: dict[str, Order] = {"dmy": "dmy", "mdy": "mdy"}


SHARED = (
    click.argument("inventory", nargs=-1, required=True, type=_FILE, callback=each_filled),
    single(
        "--pack",
        default="streamlined-connectivity",
        callback=filled,
        show_default=True,
        help="Rule pack: a shipped name or a folder.",
    ),
    single(
        "--profile",
        default="seed",
        callback=filled,
        show_default=True,
        help="Guidance to judge by: seed is the pack's first.",
    ),
    single(
        "--tailoring",
        type=_FILE,
        default="",
        callback=filled,
        help="YAML file: profile, parameters, rules off or re-rated.",
    ),
    single("--attestations", type=_FILE, default="", callback=filled, help="YAML file of attested facts."),
    single(
        "--waivers", type=_FILE, default="", callback=filled, help="YAML file of accepted FAIL and UNKNOWN outcomes."
    ),
    single("--waivers-sha256", metavar="SHA256", default="", callback=filled, help="Refuse any other file of waivers."),
    single(
        "--waves", type=_FILE, default="", callback=filled, help="YAML file of the rollout's waves and their gates."
    ),
    click.option(
        "--assume",
        metavar="FACT=VALUE [where {…}]",
        multiple=True,
        help="What if? Put a value in place of what was read. A simulation: READY never rests on it, and no exit 0.",
    ),
    single("--as-of", metavar="DATE", help="Judge as of this day (UTC); today if left out."),
    single(
        "--max-age",
        metavar="DAYS",
        type=click.IntRange(1, MOST_AGE_DAYS),
        default=28,
        show_default=True,
        help="Older observations are stale.",
    ),
    click.option("--require-dates", is_flag=True, help="Treat undated observations as stale."),
    click.option("--observed", metavar="FILE=DATE", multiple=True, help="Date the undated records of a file."),
    click.option(
        "--date-order",
        metavar="[FILE=]dmy|mdy",
        multiple=True,
        help="Read 05/12/2024 so, where nothing else in its column tells day from month: in a file, or in all.",
    ),
    click.option(
        "--mapping",
        metavar="FILE",
        type=_FILE,
        multiple=True,
        callback=each_filled,
        help="YAML file that says how exports of your own are read: rules schema mapping, inspect --draft-mapping.",
    ),
    click.option(
        "--read-as", metavar="FORMAT=FILE", multiple=True, help="Read a file as this format, whatever it looks like."
    ),
    click.option(
        "--device-of",
        metavar="FILE=NAME",
        multiple=True,
        help="Name the device of a file's records that name none: its name or Defender id.",
    ),
    single(
        "--bad-rows",
        type=click.Choice(["stop", "skip"]),
        default="stop",
        show_default=True,
        help="On a malformed row: stop, or set it aside and count it; -o rejected:FILE.csv writes such rows.",
    ),
)


def shared(command: Command) -> Command:
    """Add the argument and options that every command over an inventory takes."""
    for option in reversed(SHARED):
        command = option(command)
    return command


def inventory_options(given: Mapping[str, Any]) -> Options:
    """Return what the shared options say of a run."""
    inventory = given["inventory"]
    _refuse_undecodable([*inventory, given["pack"], *governing_files(given)])
    return Options(
        inventory=inventory,
        as_of=as_of_day(given["as_of"]),
        pack=given["pack"],
        profile=given["profile"],
        tailoring=given["tailoring"],
        attestations=given["attestations"],
        waivers=given["waivers"],
        waivers_sha256=_pinned(given),
        waves=given["waves"],
        mapping=given["mapping"],
        assume=given["assume"],
        max_age_days=given["max_age"],
        require_dates=given["require_dates"],
        observed=observed_times(given["observed"], inventory),
        date_order=date_orders(given["date_order"], inventory),
        read_as=formats_given(given["read_as"], inventory),
        device_of=devices_given(given["device_of"], inventory),
        bad_rows=given["bad_rows"],
        elsewhere=kept_standard_input(inventory),
    )


def governing_files(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the files that govern a run besides its pack."""
    single_files = (given[kind] for kind in ("tailoring", "attestations", "waivers", "waves") if given[kind])
    return (*single_files, *given["mapping"])


def _pinned(given: Mapping[str, Any]) -> str:
    said: str = given["waivers_sha256"]
    if not said:
        return ""
    if not given["waivers"]:
        raise UsageError(Problem("--waivers-sha256", "pins no file", "give the file with --waivers"))
    pinned = digits_of_sha256(said)
    if not pinned:
        raise UsageError(Problem(f"--waivers-sha256 {said}", "is no SHA-256", "64 hexadecimal digits: sha256sum FILE"))
    return pinned


def _refuse_undecodable(names: Iterable[str]) -> None:
    """Refuse names of files that are not UTF-8: no report could hold them."""
    problems = [
        Problem(name, "the name is not UTF-8", "rename it")
        for name in names
        if any("\ud800" <= char <= "\udfff" for char in name)
    ]
    if problems:
        raise UsageError(problems)


def as_of_day(text: str | None) -> date:
    """Return the day to judge as of: the text's, or today (UTC)."""
    if text is None:
        return datetime.now(UTC).date()
    day = _day(text, "--as-of")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UsageError(Problem(f"--as-of {text}", "is no day to judge as of", f"from {FIRST_DAY} to {LAST_DAY}"))
    return day


def observed_times(given: Iterable[str], inventory: Iterable[str]) -> dict[str, datetime]:
    """Return the moment to which each named file's undated records are dated."""
    found = {}
    for pair in given:
        file, sign, text = pair.rpartition("=")
        if not sign or not file:
            raise UsageError(Problem(f"--observed {pair}", "must be FILE=DATE", "for example machines.json=2026-11-20"))
        found[_one_of(file, inventory, "--observed")] = _moment(text, f"--observed {pair}")
    return found


def formats_given(given: Iterable[str], inventory: Iterable[str]) -> dict[str, str]:
    """Return the format that was said for each named file."""
    found = {}
    for pair in given:
        name, sign, file = pair.partition("=")
        if not sign or not file:
            raise UsageError(Problem(f"--read-as {pair}", "must be FORMAT=FILE", "for example url-tests=urls.csv"))
        found[_one_of(file, inventory, "--read-as")] = name
    return found


def devices_given(given: Iterable[str], inventory: Iterable[str]) -> dict[str, str]:
    """Return the device that was said for each named file."""
    found: dict[str, str] = {}
    for pair in given:
        file, sign, device = pair.rpartition("=")
        if not sign or not file or not device.strip():
            hint = "for example mp-status.json=ws-0142.contoso.example"
            raise UsageError(Problem(f"--device-of {pair}", "must be FILE=NAME", hint))
        name = _one_of(file, inventory, "--device-of")
        if found.setdefault(name, device.strip()) != device.strip():
            raise UsageError(
                Problem(f"--device-of {pair}", f"the file is said to be of {found[name]}, too", "say which")
            )
    return found


def date_orders(given: Iterable[str], inventory: Iterable[str]) -> dict[str, Order]:
    """Return the order of day and month that was said for each named file; that of all others by an empty name."""
    found: dict[str, Order] = {}
    for said in given:
        file, sign, order = said.rpartition("=")
        if order not in ORDERS or (sign and not file):
            hint = "dmy (05/12 is in December) or mdy (it is in May); of one file: portal.csv=dmy"
            raise UsageError(Problem(f"--date-order {said}", "must be [FILE=]dmy or [FILE=]mdy", hint))
        name = _one_of(file, inventory, "--date-order") if file else ""
        if found.setdefault(name, ORDERS[order]) != order:
            raise UsageError(Problem(f"--date-order {said}", "is said otherwise before", "say which"))
    return found


def _one_of(file: str, inventory: Iterable[str], option: str) -> str:
    """Return a path or pattern of what is given, lies in it, or holds it; reading tells whether there is that file."""
    given = list(inventory)
    within = {Path(file), *Path(file).parents}
    wild = any(not WILD.isdisjoint(item) and not os.path.lexists(item) for item in (file, *given))
    if wild or any(Path(item) in within or Path(file) in Path(item).parents for item in given):
        return file
    hint = f"given: {', '.join(given)}; a folder, or a pattern in quotes, names all files in it"
    raise UsageError(Problem(f"{option} {file}", "is no file of this inventory", hint))


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(Problem(f"{option} {text}", "is no date", "write it as 2026-11-22")) from None


def _moment(text: str, option: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):  # the first and last hours of the calendar are none of UTC
        raise UsageError(
            Problem(option, f"'{text}' is no date", "write it as 2026-11-22 or 2026-11-22T14:30Z")
        ) from None
