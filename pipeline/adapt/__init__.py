"""Learning from an archive without tags: ``run.py`` end to end, ``teacher.py`` who scores, ``fit.py`` what learns."""
