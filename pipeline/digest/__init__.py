"""A digest: the topics' shares over time and by source, in a picture whose every bar leads to the headlines behind it.

``gather``   from inputs to dated, tagged headlines        ``shares``   counts them by period and source (pure)
``drawing``  one picture as inline SVG (pure)              ``page``     the whole as one HTML file (pure)
``wording``  what the page says, in Russian and English
"""
