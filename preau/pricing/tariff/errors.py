"""What is wrong in a tariff or in a question about a price, and where."""

from __future__ import annotations

from collections.abc import Sequence

type Place = tuple[str | int, ...]


class PricingError(ValueError):
    """A price cannot be said. The message is a French sentence for the person asking."""


class TariffError(PricingError):
    """A tariff cannot be used. The message is a French sentence; `place` says where it is wrong.

    `line` is the line of the file, where the file is known.
    """

    def __init__(self, sentence: str, place: Place = (), line: int | None = None) -> None:
        self.sentence, self.place, self.line = sentence, place, line
        super().__init__(self._said())

    def _said(self) -> str:
        where = in_words(self.place)
        if self.line is not None:
            where = f"ligne {self.line}" + (f", {where}" if where else "")
        if not where:
            return self.sentence
        return f"{where[:1].upper() if self.line else where[:1]}{where[1:]} : {self.sentence}"

    def at_line(self, line: int | None) -> TariffError:
        """The same complaint, with the line of the file."""
        return TariffError(self.sentence, self.place, line)


class InputError(PricingError):
    """What was asked cannot be read. The message is a French sentence naming the place."""


def in_words(place: Sequence[str | int]) -> str:
    """ "services.day.price.grid", "adjustments[2].percent"; lists are counted from 1."""
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        else:
            text += f".{step}" if text else step
    return text
