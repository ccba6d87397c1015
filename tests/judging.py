"""Judged headlines from lines of text, for tests: ``headline | true tags | given tags | sureness``."""

import numpy as np
import pandas as pd

from pipeline.assess.judged import Judged
from pipeline.topics import TOPICS

SURE = 0.5
"""The sureness from which the headlines here count as decided."""


def judged(*lines: str) -> Judged:
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    true, given = ([tuple(row[place].split()) for row in cells] for place in (1, 2))
    truth, flags = (np.array([[topic in tags for topic in TOPICS] for tags in side]) for side in (true, given))
    scores = np.array([[0.9 - 0.1 * tags.index(topic) if topic in tags else 0.1 for topic in TOPICS] for tags in given])
    sure = np.array([float(row[3]) if len(row) > len(("headline", "true", "given")) else 1.0 for row in cells])
    frame = pd.DataFrame({"headline": [row[0] for row in cells], "tags": [row[1] for row in cells]})
    frame = frame.assign(date="", origin="", theme="", source="")
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    return Judged(frame, truth, flags, scores, true, given, sure, sure >= SURE)
