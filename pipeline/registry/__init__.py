"""Runs and models in MLflow, as a team shares them: kept on disk first, delivered once, promoted on evidence.

``store.py``     the tracking server, reached or not       ``record.py``   one run, kept in a folder as it comes to be
``origin.py``    code, lock file, machine of a run         ``deliver.py``  from the folder to the server, once
``served.py``    the model as MLflow serves it             ``pack.py``     the MLflow model made of a model's folder
``versions.py``  what is registered                        ``moves.py``    an alias and its folder, moved together
``evidence.py``  may a challenger take the place?          ``fetch.py``    ``models:/…`` and ``runs:/…`` as folders
``diff.py``      two versions side by side                 ``history.py``  what became of the champion, for people
``reproduce.py`` a run, done again                         ``export.py``   the plain scikit-learn pipeline
"""
