"""The page and the API: what editors and programs ask of Rubrika over HTTP.

``app``         puts it together; ``desk``: what all requests share; ``run``: the server process
``guard``       who may ask what: hosts, other sites, tokens, how often, and the headers of every answer
``bounds``      how much and how long: bodies, bytes in memory; ``gate``: how much work at once
``patience``    connections that neither ask nor listen are ended
``champion``    the model at work, exchanged when a new champion stands
``problem``     errors as RFC 9457 has them; ``figures``: counts and times for Prometheus
``api``         ``/v1``; ``bodies``: what it takes and gives; ``health``: whether it lives
``intake``      from what an editor gives to a sheet of tagged headlines; ``sheets``: those in memory
``view``        the rows that are looked at; ``marks``: which words decided; ``download``: sheets as files
``row``         a headline as it is shown; ``correct``: what a click changes; ``origins``: when and where it appeared
``pages``       the page, ``sheet_pages``, ``review_pages``, ``watch_pages``; ``shares``: pictures of topics over time
``paper``       its templates and files; ``tongue``: what it says, in Russian and English
``load``        the API under load, measured
"""
