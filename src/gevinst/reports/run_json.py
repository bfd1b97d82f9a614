"""A run as values for machines: the same in result.json, in the manifest and from the commands."""

from typing import Any

from gevinst.domain.run import Run


def run_facts(run: Run) -> dict[str, Any]:
    """What a run is, with stable keys; moments are ISO 8601 in UTC, None where there is nothing."""
    return {
        "run_id": run.run_id,
        "robot": run.robot,
        "robot_version": run.robot_version,
        "period": run.period,
        "environment": str(run.environment),
        "trigger": str(run.trigger),
        "triggered_by": run.triggered_by,
        "started": run.started.isoformat(timespec="seconds"),
        "ended": run.ended.isoformat(timespec="seconds") if run.ended else None,
        "replaces": run.replaces or None,
    }
