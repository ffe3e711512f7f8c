"""Sentences that name something, by their forms: the words of the tool stay, what stands between them is replaced.

Only what a form spells out is ever kept: whatever fills its gaps becomes a pseudonym, and a sentence of no known form
becomes one as a whole. So a sentence that is new, or a name that looks like a sentence, cannot let a name through.
"""

import re
from collections.abc import Callable
from typing import Final

from checker.inventory.input_file import is_harmless
from checker.redact.pseudonyms import Pseudonyms
from checker.redact.values import shown

_ROWS: Final = "[0-9,]+ rows?"
_DEVICES: Final = "[0-9,]+ devices?"
_REASONS: Final = "(?:ambiguous|evidence for an unknown device|only a secondary source knows it|no key)"
_STATEMENT: Final = r"The (?:attestation of|plan for|supposition of) [a-z0-9._]+ at (?P<file>.*)"
_CALLED: Final = r"(?:no device is|several devices are) called (?P<names>.*)\."
_NOT_YET: Final = "is of [0-9-]{10}, after the as-of day, and fills nothing"
_UNSETTLED: Final = (
    r"(?:[0-9,]+ records? (?:is|are) undated|[a-z0-9._]+ is unreadable in [0-9,]+ records?): "
    r"(?:a date such as '(?P<time>[^']*)'|the text of its date) may be day/month or month/day"
)
_STALE: Final = "(?:stale by --require-dates|never stale; --require-dates makes them so)"


def _forms(*forms: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form, re.DOTALL) for form in forms)


_OF_INPUTS: Final = _forms(
    rf"(?P<file>.*): [0-9,]+ rows of [0-9,]+ files are undated, first (?P<file_>.*), so {_STALE}, and --observed "
    r"(?P<file__>.*)=DATE dates them\.",
    rf"(?P<file>.*): {_ROWS} (?:is|are) undated, so {_STALE}, and --observed (?P<file_>.*)=DATE dates them\.",
    r"(?P<file>.*): (?:1 file is|[0-9,]+ files are) in no format that is known, and not read: (?P<files>.*)\.",
    r"(?P<file>.*): not read, for it (?:is|holds) (?P<text>.*)\.",
    rf"(?P<file>.*): (?:set aside )?{_ROWS}(?: observed after [0-9-]{{10}}| of no device)\.",
    rf"(?P<file>.*): set aside {_ROWS} that cannot be read: line [0-9,]+ (?P<text>.*); "
    r"-o rejected:FILE\.csv writes them all\.",
    rf"Records of no device \({_REASONS}\):(?: (?P<key>.*):)? {_ROWS}, first (?P<file>.*) row [0-9]+"
    r"(?:; could be (?P<keys>.*))?\.",
    rf"Records of no device \({_REASONS}\): those of [0-9,]+ more keys\.",
    rf"(?P<file>.*): {_ROWS} names? no device; taken for (?P<key>.*) by (?:the name of its (?:file|folder)|the other "
    r"files of its folder)\.",
    rf"(?P<file>.*): {_ROWS} names? no device, and (?:nothing tells which|its folder may be of several devices|its "
    r"name tells one device and its folder another): name the file or its folder as the device, or say --device-of "
    r"(?P<file_>.*)=NAME\.",
)
_OF_ONE_INPUT: Final = _forms(
    r"is not UTF-8 and was read as Windows-1252: names with accents may be wrong",
    r"has exactly [0-9,]+ rows, at which its source cuts results off: others may be missing; ask for fewer at a time "
    r"\(one row a device, a part of the devices\), and give all files",
    r"[0-9,]+ device ids? (?:is|are) not of 40 hexadecimal digits \(or all zeros\) and (?:is|are) not used; the rows? "
    r"(?:goes by its|go by their) other keys",
    r"[0-9,]+ Entra ids? (?:is|are) no GUID and (?:is|are) not used; the rows? (?:goes by its|go by their) other keys",
    r"[0-9,]+ records? (?:is|are) undated: (?:a time such as '(?P<time>[^']*)'|the text of its time) "
    r"is in no form that is known; --observed (?P<file>.*)=DATE dates them",
    rf"{_UNSETTLED}; --date-order (?P<file>.*)=dmy or (?P<file_>.*)=mdy settles it",
    rf"{_UNSETTLED}, and the column has both orders, such as '(?P<time_>[^']*)' and '(?P<time__>[^']*)'; "
    r"export it again with dates in one form",
    r"times(?: such as '(?P<time>[^']*)')? name no time zone and were read as UTC",
    r"(?:1 member is|[0-9,]+ members are) in no format that is known, and not read: (?P<files>.*)",
    rf"{_ROWS} (?:is|are) longer or shorter than the header: cells that are missing at the end say nothing",
    r"[0-9,]+ values? (?:is|are) only PowerShell's short form of an object, '@\{…\}': export again with ConvertTo-Json "
    r"-Depth 5",
    r"has [0-9]+ sheets, of which the first was read",
    r"(?:is given twice|has the same content as (?P<file>.*)): its records are read twice",
)
_OF_ROLLOUTS: Final = _forms(
    rf"Wave (?P<wave>.*): {_DEVICES} \((?P<names>.*)\) would be of a later wave, too, and goe?s? with this one\.",
    rf"Wave (?P<wave>.*): of {_DEVICES} it is not known whether they belong to it\.",
    rf"Wave (?P<wave>.*): {_CALLED}",
    rf"In no wave: {_DEVICES} \((?P<names>.*)\)\.",
    rf"Statements of [a-z0-9._]+ disagree on {_DEVICES}: there it is not known\.",
    rf"{_STATEMENT} (?:{_NOT_YET}|expired on [0-9-]{{10}} and fills nothing|is against another value on {_DEVICES})\.",
    rf"{_STATEMENT}: {_CALLED}",
)
_OF_COMPARING: Final = _forms(
    r"(?:give an earlier report of that wave with --baseline|no device of the wave before was judged|"
    r"there is no wave before)",
    r"(?P<file>.*) knows no wave '(?P<wave>.*)': it was made without it",
    r"(?P<file>.*) has no judged device of wave '(?P<wave>.*)'",
    r"since (?P<file>.*)",
)
_OF_TAILORING: Final = _forms(
    r"profile [\w.-]+: (?P<text>.*)",
    r"parameter [a-z0-9._-]+ is (?P<text>.*?): (?P<text_>.*)",
    r"rule [a-z0-9._-]+ is (?:off|rated [a-z]+): (?P<text>.*)",
)
_SUPPOSED: Final = re.compile(r"([a-z0-9._]+) = (.*), supposed on ([0-9,]+ devices?)", re.DOTALL)
_MORE: Final = re.compile(r"(.*?)( and [0-9,]+ more)?", re.DOTALL)


def notice(names: Pseudonyms, text: str) -> str:
    """Return a notice of a run without what it names."""
    return _sentence(names, text, (*_OF_INPUTS, *_OF_ROLLOUTS))


def input_notice(names: Pseudonyms, text: str) -> str:
    """Return a notice on how one input was read without what it names."""
    return _sentence(names, text, _OF_ONE_INPUT)


def comparison(names: Pseudonyms, text: str) -> str:
    """Return with what a gate compared, or why it could not, without what that names."""
    return _sentence(names, text, _OF_COMPARING)


def change(names: Pseudonyms, text: str) -> str:
    """Return what a tailoring changes of the pack, without the new value and the reason."""
    return _sentence(names, text, _OF_TAILORING)


def supposition(names: Pseudonyms, text: str) -> str:
    """Return what was supposed, with the value as its fact may be shown."""
    if match := _SUPPOSED.fullmatch(text):
        return f"{match[1]} = {shown(names, match[1], match[2])}, supposed on {match[3]}"
    return names.label("text", text)


def _sentence(names: Pseudonyms, text: str, forms: tuple[re.Pattern[str], ...]) -> str:
    match = next((found for form in forms if (found := form.fullmatch(text))), None)
    return _filled(match, _gaps(names)) if match else names.label("text", text)


def listed(replace: Callable[[str], str], text: str) -> str:
    """Return ``a, b and 3 more`` with pseudonyms in place of a and b."""
    found, more = _MORE.fullmatch(text).groups()  # type: ignore[union-attr] # it fits any text
    return ", ".join(replace(name) for name in found.split(", ")) + (more or "")


def _gaps(names: Pseudonyms) -> dict[str, Callable[[str], str]]:
    return {
        "file": names.file,
        "key": names.device,
        "files": lambda text: listed(names.file, text),
        "keys": lambda text: listed(names.device, text),
        "names": lambda text: listed(names.called, text),
        "wave": lambda text: names.label("wave", text),
        "text": lambda text: names.label("text", text),
        "time": lambda text: text if is_harmless(text) else names.label("text", text),
    }


def _filled(match: re.Match[str], gaps: dict[str, Callable[[str], str]]) -> str:
    """Return the text of a match with the gaps of its form filled anew."""
    parts, end = [], 0
    found = sorted((match.span(gap), gap) for gap in match.re.groupindex if match[gap] is not None)
    for (start, stop), gap in found:
        parts += [match.string[end:start], gaps[gap.rstrip("_")](match.string[start:stop])]
        end = stop
    return "".join([*parts, match.string[end:]])
