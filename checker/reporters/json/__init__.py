"""The JSON report, mde-readiness/report/v1."""
