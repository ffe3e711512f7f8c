"""Draws devices for an audit: stratified, and by nothing but the seed and the devices, so that anyone can draw again.

A stratum is the devices of one wave, readiness and path, those out of scope, too. Places are shared out in proportion
to the devices of a stratum, by largest remainder, but a stratum whose share is below one gets one; where there are more
strata than places the largest get one each. Within a stratum those devices are drawn whose SHA-256 of ``seed``, a NUL
byte and the device id, all in UTF-8, sorts first as hexadecimal text.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from checker.model.result import Result, Table
from checker.model.sample import STRATA, Drawn, Sample, Stratum

Key = tuple[str, str, str]


def draw(result: Result, source: str, size: int, seed: str) -> Sample:
    """Return a sample of so many devices, or of all if there are no more."""
    sizes = _sizes(result.devices)
    shares = shared_out(sizes, size)
    chosen = _chosen(result.devices, shares, seed)
    ids = [row["device_id"] for row in chosen]
    findings = _findings(result, ids)
    return Sample(
        source=source,
        sha256=_ids_sha256(result.devices),
        as_of=result.summary.as_of,
        seed=seed,
        strata=tuple(Stratum(*key, sizes[key], shares[key]) for key in shares),
        drawn=tuple(Drawn(row, tuple(findings.get(row["device_id"], ()))) for row in chosen),
        whole=result.cases is not None or _tells_pass(result.findings),
        fleet=tuple(findings.get("", ())),
    )


def shared_out(sizes: Mapping[Key, int], size: int) -> dict[Key, int]:
    """Return how many devices to draw of each stratum, the largest first: in all as many as asked for, or all.

    The same sizes give the same shares, whatever their order: equal strata go by their names.
    """
    largest = sorted(sizes, key=lambda key: (-sizes[key], key))
    if size <= len(largest):
        return {key: int(place < size) for place, key in enumerate(largest)}
    shares = dict.fromkeys(largest, 1)
    rest, places = largest, min(size, sum(sizes.values()))
    while True:
        total = sum(sizes[key] for key in rest)
        large = [key for key in rest if places * sizes[key] >= total]
        if len(large) == len(rest):
            break
        rest, places = large, places - (len(rest) - len(large))
    shares |= {key: places * sizes[key] // total for key in rest}
    remainders = sorted(rest, key=lambda key: (-(places * sizes[key] % total), -sizes[key], key))
    for key in remainders[: places - sum(shares[key] for key in rest)]:
        shares[key] += 1
    return shares


def order_of(seed: str, device_id: str) -> str:
    """Return by what devices of a stratum are put in order."""
    # a seed that is no UTF-8 goes in as the bytes that were typed
    return hashlib.sha256(f"{seed}\0{device_id}".encode("utf-8", "surrogateescape")).hexdigest()


def _sizes(devices: Table) -> dict[Key, int]:
    sizes: dict[Key, int] = {}
    for frame in devices.frames():
        for *key, number in _keyed(frame).group_by(STRATA).len().rows():
            found: Key = (key[0], key[1], key[2])
            sizes[found] = sizes.get(found, 0) + number
    return sizes


def _ids_sha256(devices: Table) -> str:
    """Return the SHA-256 over the ids of all devices, in their order, a line each: what a draw chooses from."""
    digest = hashlib.sha256()
    for frame in devices.frames():
        digest.update("".join(f"{each}\n" for each in frame["device_id"]).encode())
    return digest.hexdigest()


def _keyed(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(STRATA).fill_null(""))


def _chosen(devices: Table, shares: Mapping[Key, int], seed: str) -> list[dict[str, Any]]:
    """Return the devices that are drawn; a part of the table at a time, and of each only what may still be drawn."""
    most = max(shares.values(), default=0)
    kept: pl.DataFrame | None = None
    for frame in devices.frames():
        # NOTE: a hash of Polars may change with its release; this one anyone can compute, at a second for a million.
        order = pl.Series("order", [order_of(seed, each) for each in frame["device_id"]], dtype=pl.String())
        found = _keyed(frame).with_columns(order)
        both = found if kept is None else pl.concat([kept, found])
        kept = both.sort("order").group_by(STRATA, maintain_order=True).head(most).select(found.columns)
    if kept is None:
        return []
    parts = kept.partition_by(STRATA, as_dict=True, include_key=True)
    rows = [parts[key].sort("order").head(number) for key, number in shares.items() if number]
    return [{name: value for name, value in row.items() if name != "order"} for part in rows for row in part.to_dicts()]


def _findings(result: Result, ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the findings of some devices, and those about the whole fleet under an empty id."""
    wanted = pl.col("device_id").is_in(["", *ids])
    found: dict[str, list[dict[str, Any]]] = {}
    for frame in _outcomes(result):
        for row in frame.filter(wanted).to_dicts():
            found.setdefault(row["device_id"], []).append(row)
    return found


def _outcomes(result: Result) -> Iterator[pl.DataFrame]:
    """Yield every outcome where the result has them, else its findings; those about the fleet are no cases."""
    if result.cases is None:
        yield from result.findings.frames()
        return
    yield result.cases.filter(pl.col("device_id") != "")
    for frame in result.findings.frames():
        yield frame.filter(pl.col("device_id") == "")


def _tells_pass(findings: Table) -> bool:
    return any((frame["outcome"] == "PASS").any() for frame in findings.frames())
