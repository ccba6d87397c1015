"""Speed and memory, measured: ``race.py`` against rivals, ``volume.py`` large tables, ``growth.py`` trainings."""
