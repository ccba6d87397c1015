"""What is known of a run, in plain values: what ``run.json`` holds."""

from dataclasses import dataclass, field


@dataclass
class Run:
    """What is known of a run, in plain values.

    Attributes:
        id: Tells it from all other runs, wherever they were made.
        name: What it is called.
        parent: The ``id`` of the run that it belongs to, or empty.
        begun: When, in milliseconds since 1970.
        ended: When, or 0 while it works.
        status: In MLflow's words: RUNNING, FINISHED, FAILED or KILLED.
        params: The settings.
        tags: Facts in words.
        metrics: Name, value and step of each figure.
        data: The data sets: name, digest, source and profile.
        run_id: What the tracking server calls it, or empty until it is known there.
        decision: Whose place the model takes, for ``moves.settle``; empty unless decided without the server.
    """

    id: str
    name: str
    parent: str
    begun: int
    ended: int = 0
    status: str = "RUNNING"
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    metrics: list[tuple[str, float, int]] = field(default_factory=list)
    data: list[dict[str, str]] = field(default_factory=list)
    run_id: str = ""
    decision: dict[str, str] = field(default_factory=dict)
