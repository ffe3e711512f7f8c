"""What notebooks say of a run is held against what it may be before the run begins, in their own words."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from fnmatch import fnmatch
from hashlib import sha256
from inspect import getdoc, signature
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pandas as pd
import polars as pl
import pytest

from checker import check, load_packs, read_inventory
from checker.cli.check import check as of_check
from checker.cli.plan import plan as of_plan
from checker.errors import Problem, RuleError, UsageError
from checker.library.settings import DEFAULTS, TAKE, Path_, Reading, Settings
from checker.library.wording import KEYWORDS, said
from tests.test_library import DAY, FLEET, ROOT, hunting

__all__ = ["hunting"]  # a fixture

MISSING = "leave it out, if there is none"
SEVERITIES = "one of: blocker, major, minor, never"
ORDER = "for example date_order={'portal.csv': 'dmy'}, or {'': 'dmy'} for all files"
TIME = "for example datetime.datetime(2026, 11, 20, 14, 30, tzinfo=datetime.UTC)"
# Settings, and what is told of them: where, what and hint.
WRONG: list[tuple[dict[str, object], list[tuple[str, str, str]]]] = [
    (
        {"date_order": {"h": "DMY"}},
        [("date_order['h']='DMY'", "is not allowed", "did you mean 'dmy'? one of: dmy, mdy")],
    ),
    ({"date_order": "dmy"}, [("date_order='dmy'", "is no mapping by file", ORDER)]),
    ({"date_order": {3: "dmy"}}, [("date_order: key=3", "names no file", ORDER)]),
    ({"fail_on": "Never"}, [("fail_on='Never'", "is not allowed", f"did you mean 'never'? {SEVERITIES}")]),
    ({"fail_on": "bogus"}, [("fail_on='bogus'", "is not allowed", SEVERITIES)]),
    ({"fail_on": 3}, [("fail_on=3", "is not allowed", SEVERITIES)]),
    ({"phase": "bogus"}, [("phase='bogus'", "is not allowed", "one of: prerequisite, verification, all")]),
    ({"bad_rows": "Skip"}, [("bad_rows='Skip'", "is not allowed", "did you mean 'skip'? one of: stop, skip")]),
    ({"max_age_days": -1}, [("max_age_days=-1", "is out of range", "days, from 1 to 3650")]),
    ({"max_age_days": 3651}, [("max_age_days=3651", "is out of range", "days, from 1 to 3650")]),
    ({"max_age_days": "28"}, [("max_age_days='28'", "is no whole number", "days, from 1 to 3650")]),
    ({"max_age_days": True}, [("max_age_days=True", "is no whole number", "days, from 1 to 3650")]),
    ({"batch_size": 1000}, [("batch_size=1000", "is out of range", "devices, from 1024 to 1048576")]),
    ({"waivers_sha256": "0" * 64}, [(f"waivers_sha256='{'0' * 64}'", "pins no file", "give the file with waivers")]),
    (
        {"waivers": "waivers.yaml", "waivers_sha256": "abc"},
        [("waivers_sha256='abc'", "is no SHA-256", "64 hexadecimal digits: hashlib.sha256(content).hexdigest()")],
    ),
    ({"require_dates": "no"}, [("require_dates='no'", "is neither True nor False", "give True or False")]),
    ({"observed": {"h": "2026-11-20"}}, [("observed['h']='2026-11-20'", "is neither a datetime nor a date", TIME)]),
    ({"observed": {"h": pd.NaT}}, [("observed['h']=NaT", "is no time", TIME)]),
    (
        {"read_as": {"": "hunting"}},
        [("read_as: key=''", "names no file", "for example read_as={'urls.csv': 'url-tests'}")],
    ),
    ({"waivers": ""}, [("waivers=''", "is empty", MISSING)]),
    ({"waves": None}, [("waves=None", "is neither a text nor a path", MISSING)]),
    ({"select": [3.5]}, [("select[0]=3.5", "is neither a text nor a path", MISSING)]),
    ({"ignore": 3.5}, [("ignore=3.5", "is no list of texts", "give one text, or a list of them")]),
    (
        {"tool": "intune", "waves": "waves.yaml"},
        [("tool='intune'", "and waves exclude each other", "the waves name a tool for each wave")],
    ),
    ({"pack": "a\ud800"}, [("pack='a\\ud800'", "is not UTF-8", "rename it")]),
]
NO_DAYS = [
    ("2026-11-23", "as_of='2026-11-23'", "is no date", "for example datetime.date(2026, 11, 23)"),
    (
        datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None),
        "as_of=datetime.datetime(2026, 11, 23, 0, 0)",
        "is a moment, and judged is as of a day",
        "give its day in UTC: .date()",
    ),
    (
        pd.Timestamp("2026-11-23"),
        "as_of=Timestamp('2026-11-23 00:00:00')",
        "is a moment, and judged is as of a day",
        "give its day in UTC: .date()",
    ),
    (date(1969, 1, 1), "as_of=datetime.date(1969, 1, 1)", "is no day to judge as of", "from 1970-01-01 to 2999-12-31"),
]


def problems_of(*given: Any, **settings: Any) -> list[tuple[str, str, str]]:  # noqa: ANN401
    with pytest.raises(UsageError) as found:
        check(*given, **{"as_of": DAY, **settings})
    return [(problem.where, problem.what, problem.hint) for problem in found.value.problems]


@pytest.mark.parametrize(("settings", "told"), WRONG, ids=lambda case: str(case)[:40])
def test_a_setting_that_cannot_be_is_told_with_what_may_be(
    settings: dict[str, object], told: list[tuple[str, str, str]], hunting: pl.DataFrame
) -> None:
    assert problems_of(hunting, **settings) == told


@pytest.mark.parametrize(("day", "where", "what", "hint"), NO_DAYS)
def test_the_day_is_a_date_and_nothing_else(day: Any, where: str, what: str, hint: str) -> None:  # noqa: ANN401
    assert problems_of("no-such-file", as_of=day) == [(where, what, hint)]
    with pytest.raises(UsageError, match=re.escape(where)):
        load_packs(as_of=day)


def test_all_that_is_wrong_with_day_settings_and_frames_is_told_at_once() -> None:
    told = problems_of([3], as_of="today", date_order={"a": "x", "b": "y"}, fail_on="never", max_age_days=0)
    places = ["as_of='today'", "date_order['a']='x'", "date_order['b']='y'", "max_age_days=0", "frame-1"]
    assert [where for where, _, _ in told] == places


def test_an_unknown_keyword_is_told_as_python_tells_it(hunting: pl.DataFrame) -> None:
    wanted = r"^check\(\) got an unexpected keyword argument 'waver'. Did you mean 'wave'\?$"
    with pytest.raises(TypeError, match=wanted):
        check(hunting, as_of=DAY, waver="waivers.yaml")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"^read_inventory\(\) got an unexpected keyword argument 'waves'$"):
        read_inventory(hunting, waves="waves.yaml")  # type: ignore[call-arg]


def test_one_text_is_a_list_of_one(hunting: pl.DataFrame) -> None:
    one: Settings = {"assume": "os.ubr=3448", "select": "sc.*", "ignore": "sc.url-core"}
    many: Settings = {"assume": ["os.ubr=3448"], "select": ["sc.*"], "ignore": ["sc.url-core"]}
    with check(hunting, as_of=DAY, **one) as alone, check(hunting, as_of=DAY, **many) as listed:
        assert alone.summary == listed.summary
        assert alone.summary.devices["total"] == 2
    assert TAKE["mapping"]("mapping", Path("own.yaml")) == ("own.yaml",)


@pytest.mark.parametrize(
    ("moment", "meant"),
    [
        (date(2026, 11, 20), "2026-11-20 00:00:00"),
        (datetime(2026, 11, 20, 14, 30, tzinfo=UTC).replace(tzinfo=None), "2026-11-20 14:30:00"),
        (datetime(2026, 11, 20, 14, 30, tzinfo=timezone(timedelta(hours=2))), "2026-11-20 12:30:00"),
        (pd.Timestamp("2026-11-20 14:30", tz="Europe/Oslo"), "2026-11-20 13:30:00"),
    ],
)
def test_records_are_dated_by_dates_and_moments_of_any_zone(
    moment: date, meant: str, hunting: pl.DataFrame, tmp_path: Path
) -> None:
    undated = hunting.drop("Timestamp")
    records = read_inventory({"hunting": undated}, observed={"hunting": moment})
    assert [str(time) for time in records["observed"].unique()] == [meant]
    file = tmp_path / "hunting.csv"
    undated.write_csv(file)
    by_path: Any = {file: moment}
    assert [str(time) for time in read_inventory(file, observed=by_path)["observed"].unique()] == [meant]


def shown_type(hint: object) -> str:
    """Return a type of a setting in the words of the documentation of ``check``."""
    words: dict[object, str] = {
        Path_: "path",
        str: "str",
        bool: "bool",
        int: "int",
        date: "datetime or date",
        Path_ | Sequence[Path_]: "path or list of them",
        str | Sequence[str]: "str or list of them",
    }
    if hint in words:
        return words[hint]
    if get_origin(hint) is Mapping:
        return f"file to {shown_type(get_args(hint)[1])}"
    return " | ".join(repr(word) for word in get_args(hint))


def test_the_documentation_of_check_tells_every_setting_with_type_and_default() -> None:
    told = dict(re.findall(r"^ +(\w+) \((.+?)\): \S.*\.$", getdoc(check) or "", re.MULTILINE))
    hints = get_type_hints(Settings)
    wanted = {
        name: shown_type(hint) + (f" = {DEFAULTS[name]!r}" if DEFAULTS[name] else "") for name, hint in hints.items()
    }
    assert told == wanted
    assert list(hints) == list(TAKE)


def test_help_shows_every_setting_as_a_keyword() -> None:
    shown = signature(check).parameters
    assert list(shown) == ["inventory", "as_of", *get_type_hints(Settings)]
    assert shown["max_age_days"].default == 28
    assert shown["waivers"].default is ...
    assert list(signature(read_inventory).parameters) == ["inventory", *get_type_hints(Reading)]


# What the command line says of its options, and what the library makes of it.
SAID = [
    (Problem("--wave x", "a", "give the file with --waves"), "wave='x'", "a", "give the file with waves"),
    (Problem("a", "b", "say which: --read-as one=my file.csv"), "a", "b", "say which: read_as={'my file.csv': 'one'}"),
    (Problem("a", "b", "x; --read-as F=a settles it"), "a", "b", "x; read_as={'a': 'F'} settles it"),
    (Problem("a", "b", "--device-of a=NAME says"), "a", "b", "device_of={'a': 'NAME'} says"),
    (Problem("a", "b", "is --max-age or --as-of right?"), "a", "b", "is max_age_days or as_of right?"),
    (Problem("--output x.foo", "b", "c"), "write('x.foo')", "b", "c"),
    (Problem("pre--wave", "it's --not-one", "c"), "pre--wave", "it's --not-one", "c"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "where", "what", "hint"), SAID)
def test_problems_name_keywords_instead_of_options(problem: Problem, where: str, what: str, hint: str) -> None:
    assert said(problem, ()) == Problem(where, what, hint)


def test_every_setting_has_the_name_of_its_option() -> None:
    options = {option for command in (of_check, of_plan) for each in command.params for option in each.opts}
    assert {f"--{option}" for option in KEYWORDS} - options == {"--max-age-days"}


def test_a_file_of_waivers_is_refused_that_is_not_the_one_that_was_reviewed(hunting: pl.DataFrame) -> None:
    waivers = FLEET / "waivers.yaml"
    reviewed = sha256(waivers.read_bytes()).hexdigest()
    with check(hunting, as_of=DAY, waivers=waivers, waivers_sha256=f"SHA256:{reviewed}", batch_size=1024) as checked:
        assert checked.summary.devices["total"] == 2
    with pytest.raises(RuleError) as found:
        check(hunting, as_of=DAY, waivers=waivers, waivers_sha256="0" * 64)
    (problem,) = found.value.problems
    assert problem.what == "is not the file that waivers_sha256 pins"
    assert reviewed in problem.hint


def test_a_wave_that_is_none_is_told_by_its_keyword() -> None:
    files = FLEET / "inventory"
    told = problems_of(files, waves=FLEET / "waves.yaml", wave="pilott")
    assert told[0][:2] == ("wave='pilott'", "is no wave")


def test_the_wheel_tells_that_the_package_is_typed() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = built["tool"]["hatch"]["build"]["targets"]["wheel"]
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert (ROOT / "checker" / "py.typed").read_bytes() == b""
    assert set(wheel) == {"packages", "force-include"}  # the whole folder, and nothing of it left out
    assert wheel["packages"] == ["checker"]
    assert not [pattern for pattern in ignored if fnmatch("py.typed", pattern)]
    assert "Typing :: Typed" in built["project"]["classifiers"]
