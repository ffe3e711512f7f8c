"""Says in sentences what joining did that a person should know; ``redact/sentences.py`` knows their forms."""

from collections.abc import Iterator

from checker.inventory.identified import Identified, Unmatched

NAMED = 5  # parties named for each reason
CANDIDATES = 3


def join_notices(identified: Identified, named: int = NAMED) -> Iterator[str]:
    """Yield a sentence for each party that is of no device, ``named`` for each reason, and for each file by place."""
    for reason, parties in identified.parties.items():
        mine = [item for item in identified.unmatched if item.reason == reason][:named]
        yield from map(_party, mine)
        if parties > len(mine):
            yield f"Records of no device ({reason}): those of {parties - len(mine):,} more keys."
    for item in identified.placed:
        rows = f"{item.records:,} {'row names' if item.records == 1 else 'rows name'} no device"
        if item.device_id:
            yield f"{item.path}: {rows}; taken for {item.device_id} by {item.why}."
        else:
            how = "name the file or its folder as the device, or say --device-of"
            yield f"{item.path}: {rows}, and {item.why}: {how} {item.path}=NAME."


def _party(item: Unmatched) -> str:
    key = f" {item.key}:" if item.key else ""
    rows = "1 row" if item.records == 1 else f"{item.records:,} rows"
    path, row = item.first[0]
    could = "; could be " + ", ".join(item.candidates[:CANDIDATES]) if item.candidates else ""
    could += f" and {len(item.candidates) - CANDIDATES:,} more" if len(item.candidates) > CANDIDATES else ""
    return f"Records of no device ({item.reason}):{key} {rows}, first {path} row {row}{could}."
