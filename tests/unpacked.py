"""What stands in a file that was written, in archives, workbooks and tables, too."""

import io
import zipfile
from collections.abc import Iterator

import polars as pl


def contents(raw: bytes) -> Iterator[bytes]:
    """Yield a file's content; of an archive the names and contents of its members; of Parquet its rows and metadata."""
    if raw[:4] == b"PAR1":
        yield pl.read_parquet(io.BytesIO(raw)).write_ndjson().encode()
        yield str(pl.read_parquet_metadata(io.BytesIO(raw))).encode()
    elif raw[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from contents(archive.read(name))
    else:
        yield raw
