"""Asking a person: which headlines, one at a time, and how far two people agree.

``choose``    the headlines whose labels would teach most       ``session``  one person's way through them (pure)
``terminal``  the same at a keyboard                            ``agree``    Cohen's kappa of two who label the same
``simulate``  what the choice gains, on the corpus; ``gained``: in a table and a picture
"""
