"""Reads and judges on Apache Spark: the same readers, the same judge, on more than one machine (docs/scaling.md)."""
