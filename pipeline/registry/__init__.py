"""Runs and models in MLflow, as a team shares them: kept on disk first, delivered once, promoted on evidence.

``store.py``     the tracking server, reached or not       ``running.py``  a run from its beginning to its end
``facts.py``     what is known of a run                    ``record.py``   the folder that keeps it meanwhile
``origin.py``    its code, lock file and machine           ``figures.py``  what is measured, as MLflow takes it
``served.py``    the model as MLflow serves it             ``pack.py``     the MLflow model made of a model's folder
``deliver.py``   from the folder to the server, once       ``push.py``     what waited, delivered later
``versions.py``  what is registered                        ``look.py``     looking at it
``evidence.py``  may a challenger take the place?          ``moves.py``    an alias and its folder, moved together
``promote.py``   promoted and rolled back by hand          ``adopt.py``    a model that nobody has registered
``diff.py``      two versions side by side                 ``history.py``  what became of them, for people
``fetch.py``     ``models:/…`` and ``runs:/…`` as folders  ``lock.py``     locks between processes
``reproduce.py`` a run, done again                         ``team.py``     a server for a team
``export.py``    the plain scikit-learn pipeline           ``sklearn_tfidf.py``  its transformer
``tables.py``    MLflow's own file, whole or not at all
"""
