"""Watching feeds: poll them politely, tag what is new, keep it, and tell who wants to know.

``record``    what is spoken of; ``store``: the headlines, in SQLite; ``query`` and ``search``: what is found there
``feeds``     which feeds there are and when each is due; ``poll``: asks those that are, host by host
``outbox``    what is to be told to webhooks, and to whom; ``post``: tells it
``watching``  all of it, once or until stopped
"""
