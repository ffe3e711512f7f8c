"""A bucket of one nameless device that no record speaks of: where rules about tenant and fleet are judged."""

import numpy as np
import polars as pl

from checker.engine.columns import Bucket, open_bucket
from checker.engine.records import Records
from checker.engine.select import resolve
from checker.engine.site_rules import SiteRules
from checker.model.plan import Plan


def once_bucket(plan: Plan) -> Bucket:
    """Return a bucket of one device about which only attestations say anything."""
    nothing = np.zeros(0, dtype=np.int64)
    records = Records(
        files=(),
        device_ids=pl.Series("device_id", [""]),
        aliases=pl.DataFrame(schema={"device": pl.Int32, "alias": pl.String}),
        file_of=nothing.astype(np.uint32),
        row=nothing.astype(np.uint32),
        line=nothing.astype(np.uint32),
        time=nothing,
        rank=nothing.astype(np.uint8),
        founds=nothing.astype(np.bool_),
        name=pl.Series("name", [], dtype=pl.String),
        codes={},
        pools={},
        starts=nothing,
        order=nothing,
        ends=np.zeros(1, dtype=np.int64),
        rules=SiteRules(),
    )
    return open_bucket(plan, records, 0, 1, {}, resolve(records, plan.selections))
