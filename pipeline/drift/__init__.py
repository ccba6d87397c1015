"""Whether a new batch of headlines is unlike a reference: figures, a picture, and an exit code.

``batch``    headlines, days and labels from whatever ``ingest`` reads
``signs``    what is compared, each with a test that needs no assumption but that alike batches can be exchanged
``domain``   whether a classifier can tell the two apart
``compare``  all signs, judged together so that false alarms are as rare as promised
``days``     the same by day: to be looked at, not to be alarmed by
``page``     figures and pictures as one HTML file (``picture``)
``watch``    read first: from inputs to an answer
"""
