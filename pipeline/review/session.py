"""One person's way through the headlines to label: keys in, corrections out; resumes by what the store holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.answers import Tagged
from pipeline.corrections import Corrections, Tags
from pipeline.topics import TOPICS, Topic

KEYS: Final = {str(number): topic for number, topic in enumerate(TOPICS, start=1)}
"""The key of each topic; ``0`` stands for none of them."""
ACCEPT: Final = ("\r", "\n")
UNDO: Final = ("u", "г")
QUIT: Final = ("q", "й", "\x04")
"""The second is the same key where the keyboard is a Russian one."""


@dataclass
class Session:
    """A person at work.

    What is accepted is kept as well as what is changed: both are labels.

    Attributes:
        asked: The headlines with the model's tags, in the order to ask for.
        store: Where labels are kept.
        model: The model's version.
        editor: Who labels.
        chosen: The tags chosen for the present headline so far, the main one first; None while it has the model's.
        place: Of the present headline among those asked; their number when all are done.
        ended: Whether the person has quit.
    """

    asked: Sequence[Tagged]
    store: Corrections
    model: str
    editor: str
    chosen: Tags | None = None
    place: int = field(default=0, init=False)
    ended: bool = field(default=False, init=False)
    _done: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        """Go on where this editor stopped."""
        self._done = {headline for headline, editor in self.store.opinions() if editor == self.editor}
        self._go_on()

    @property
    def present(self) -> Tagged | None:
        """The headline that is asked for; None when all are done."""
        return self.asked[self.place] if self.place < len(self.asked) else None

    @property
    def done(self) -> int:
        """How many of those asked are labelled."""
        return sum(self._labelled(each) for each in self.asked)

    @property
    def tags(self) -> Tags:
        """What Enter would keep."""
        if self.chosen is not None or self.present is None:
            return self.chosen or ()
        return self.present.tags

    def press(self, key: str) -> None:
        """Take a key; one that means nothing changes nothing.

        Args:
            key: ``1`` ``2`` ``3`` add a topic, or take it away again; ``0`` none; Enter keeps; ``u`` takes back what
                was kept last; ``q`` quits.
        """
        if key in QUIT:
            self.ended = True
        elif key in UNDO:
            self._undo()
        elif self.present is not None and key in ACCEPT:
            self._keep(self.present)
        elif self.present is not None and key == "0":
            self.chosen = ()
        elif self.present is not None and key in KEYS:
            self.chosen = _toggled(self.chosen or (), KEYS[key])

    def _keep(self, present: Tagged) -> None:
        self.store.add(present.headline, old=present.tags, new=self.tags, model=self.model, editor=self.editor)
        self._done.add(_text(present))
        self._go_on()

    def _undo(self) -> None:
        """Take back this editor's last label of a headline that is asked for, and show that headline again."""
        places = {_text(each): place for place, each in enumerate(self.asked)}
        mine = [row for row in self.store.opinions().values() if row.editor == self.editor and row.headline in places]
        if not mine:
            return
        last = max(mine, key=lambda row: row.number)
        self.store.undo(last.number)
        self._done.discard(last.headline)
        self.place, self.chosen = places[last.headline], last.new

    def _go_on(self) -> None:
        """Go to the first headline that is not done."""
        self.place = next((n for n, each in enumerate(self.asked) if not self._labelled(each)), len(self.asked))
        self.chosen = None

    def _labelled(self, each: Tagged) -> bool:
        return _text(each) in self._done


def _text(each: Tagged) -> str:
    """Give a headline as the store keeps it."""
    return " ".join(each.headline.split())


def _toggled(chosen: Tags, topic: Topic) -> Tags:
    return tuple(each for each in chosen if each != topic) if topic in chosen else (*chosen, topic)
