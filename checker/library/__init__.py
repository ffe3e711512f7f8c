"""The tool for notebooks and services: files or data frames in, frames and reports out.

    from datetime import date
    from checker import check

    with check(["hunting.csv", "urls.csv"], as_of=date(2026, 11, 23)) as checked:
        print(checked.summary.devices)
        print(checked.devices.filter(readiness="NOT_READY"))
        checked.write("report.html")

It is the same run as that of the command line: the same rules, messages and reports. Nothing here looks at a clock, so
the day as of which is judged is always said.
"""

from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Unpack

import polars as pl

from checker.decide.exit import Gate
from checker.errors import Problem, UsageError
from checker.inventory.own_mappings import all_mappings, read_own_mappings
from checker.inventory.read import ReadOptions
from checker.inventory.read import read_inventory as read_files
from checker.library.checked import Checked
from checker.library.frames import Frame, Given, Inventory, given
from checker.library.settings import DEFAULTS, Path_, Reading, Settings, check_day, taken, tells, text
from checker.library.wording import in_words_of_the_library
from checker.model.record import RECORD_COLUMNS
from checker.model.rule import Pack
from checker.options import Options
from checker.packs.build import build_pack, read_pack_files
from checker.packs.library import find_pack, shipped_packs
from checker.pipeline import check as run

__all__ = ["Checked", "Frame", "Inventory", "Reading", "Settings", "check", "load_packs", "read_inventory"]

GATE = ("phase", "fail_on", "allow_unknown")  # what sets the exit code, and which rules findings show
GOVERNING = ("tailoring", "attestations", "waivers", "waves")
TABLES = frozenset({"devices", "findings", "plan", "cases", "controls"})


@tells(Settings)
def check(inventory: Inventory, *, as_of: date, **settings: Unpack[Settings]) -> Checked:
    """Judge an inventory as ``mde-readiness check`` does, every rule of every phase.

    Args:
        inventory: files, folders, patterns or frames; of a mapping, the names by which they are told.
        as_of: the day (UTC) as of which is judged.
        settings: what the command line's options say. Their types and defaults (none shown: nothing, or False):

            mapping (path or list of them): YAML files that say how exports of your own are read.
            read_as (file to str): read a file as this format, whatever it looks like.
            observed (file to datetime or date): dates the undated records of a file; UTC unless it has a time zone.
            date_order (file to 'dmy' | 'mdy'): reads 05/12/2024 so, where its column does not tell; '' is all others.
            device_of (file to str): names the device of a file's records that name none.
            bad_rows ('stop' | 'skip' = 'stop'): on a malformed row stop, or set it aside and count it.
            pack (path = 'streamlined-connectivity'): rule pack: a shipped name, or a folder.
            profile (str = 'seed'): guidance to judge by; seed is the pack's first.
            tailoring (path): YAML file of profile, parameters, rules off or re-rated.
            attestations (path): YAML file of attested facts.
            waivers (path): YAML file of accepted FAIL and UNKNOWN outcomes.
            waivers_sha256 (str): what the SHA-256 of waivers must be; any other file is refused.
            waves (path): YAML file of the rollout's waves and their gates.
            wave (str): limits reports and exit code to the devices of this wave.
            tool (str): with which every device is moved.
            assume (str or list of them): FACT=VALUE [where {…}]: what if? Nothing is READY by that.
            max_age_days (int = 28): older observations are stale.
            require_dates (bool): treats undated observations as stale.
            select (str or list of them): only these rules; a name may end in *.
            ignore (str or list of them): all rules but these.
            all_outcomes (bool): findings hold PASS and NOT_APPLICABLE, too.
            phase ('prerequisite' | 'verification' | 'all' = 'prerequisite'): what counts for the exit code.
            fail_on ('blocker' | 'major' | 'minor' | 'never' = 'blocker'): least severity that fails the run.
            allow_unknown (bool): exit code 0 where only unknowns are left.
            batch_size (int = 65536): devices judged together: fewer take less memory, and more time.

    Raises:
        CheckerError: with every problem of the settings and frames, of what governs the run, or of the inputs.
    """
    with ExitStack() as held:
        inputs, told = _told("check", Settings, settings, inventory, check_day(as_of), held)
        return _checked(inputs, as_of, told, held)


@tells(Reading)
def read_inventory(inventory: Inventory, **settings: Unpack[Reading]) -> pl.DataFrame:
    """Return the records of an inventory, one for each row, unjudged and not yet joined.

    The columns are ``file``, ``format``, those of :data:`checker.model.record.RECORD_COLUMNS`, and one for each fact
    that any file carries, as the export spells it: null where a row says nothing of it, empty where it states a blank.

    Args:
        inventory: as :func:`check` takes it.
        settings: mapping, read_as, observed, date_order, device_of and bad_rows, as :func:`check` takes them.

    Raises:
        CheckerError: with every problem of the settings and frames, or of the inputs.
    """
    with ExitStack() as held:
        inputs, told = _told("read_inventory", Reading, settings, inventory, [], held)
        with in_words_of_the_library(inputs.frames):
            own = read_own_mappings([(Path(file), file) for file in told.pop("mapping", ())])  # type: ignore[attr-defined]
            options = ReadOptions(elsewhere=inputs.elsewhere, formats=all_mappings(own), **told)  # type: ignore[arg-type]
            files = read_files(inputs.names, options)
    frames = [
        frame.with_columns(pl.col(pl.Categorical).cast(pl.String)).select(
            pl.lit(item.file.path).alias("file"), pl.lit(item.file.format).alias("format"), pl.all()
        )
        for item in files
        for frame in item.frames
    ]
    schema = {"file": pl.String(), "format": pl.String(), **RECORD_COLUMNS}
    return pl.concat([pl.DataFrame(schema=schema), *frames], how="diagonal")


def load_packs(*folders: Path_, as_of: date, profile: str = "seed") -> dict[str, Pack]:
    """Return rule packs by their ids: those that ship with the tool, and those of ``folders``.

    Raises:
        UsageError: ``as_of`` is no day to judge as of, or a folder or ``profile`` no text.
        RuleError: with every problem of a pack.
    """
    if problems := check_day(as_of):
        raise UsageError(problems)
    found = {}
    with in_words_of_the_library(()):
        for name in (*shipped_packs(), *(text("folders", folder) for folder in folders)):
            pack = build_pack(read_pack_files(*find_pack(name)), text("profile", profile), as_of)
            found[pack.id] = pack
    return found


def _told(
    caller: str, known: type, said: object, inventory: object, problems: list[Problem], held: ExitStack
) -> tuple[Given, dict[str, object]]:
    """Return the inputs and settings of a run; raise one error with the problems of both, and those found before."""
    told = taken(caller, known, said, problems)  # type: ignore[arg-type]
    inputs = given(inventory, held, problems)
    if problems:
        raise UsageError(problems)
    return inputs, told


def _checked(inputs: Given, as_of: date, told: dict[str, object], held: ExitStack) -> Checked:
    gate = Gate(**{name: told.pop(name) for name in GATE if name in told})  # type: ignore[arg-type]
    governing = [str(told[name]) for name in GOVERNING if name in told]
    own = told.get("mapping", DEFAULTS["mapping"])
    options = Options(tuple(inputs.names), as_of, elsewhere=inputs.elsewhere, outputs=TABLES, gate=gate, **told)  # type: ignore[arg-type]
    with in_words_of_the_library(inputs.frames):
        result = held.enter_context(run(options))
    apart = [item.path for item in result.summary.inputs if item.path not in inputs.elsewhere]
    return Checked(result, (*inputs.files, *apart, *governing, *own), held.pop_all())  # type: ignore[misc]
