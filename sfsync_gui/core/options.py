"""Which option of an Intercom list stands for which option of a Salesforce picklist.

Options are matched one by one: by value, then by label, ignoring case and outer space.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from sfsync_gui.core.schema import Option


@dataclass(frozen=True, slots=True)
class OptionMatch:
    """The options of both sides, side by side.

    `pairs` are (Intercom, Salesforce), each option at most once. An option that differs only in
    case or outer space from one that is paired already is neither paired nor missing.
    """

    pairs: tuple[tuple[Option, Option], ...] = ()
    missing_in_salesforce: tuple[Option, ...] = ()
    missing_in_intercom: tuple[Option, ...] = ()
    _to_salesforce: Mapping[str, str] = field(default_factory=dict, repr=False)
    _to_intercom: Mapping[str, str] = field(default_factory=dict, repr=False)

    def salesforce_for(self, value: str) -> str | None:
        """The picklist value for an Intercom value, None where there is no counterpart."""
        return _look_up(self._to_salesforce, value)

    def intercom_for(self, value: str) -> str | None:
        """The list option for a picklist value, None where there is no counterpart."""
        return _look_up(self._to_intercom, value)


def match_options(intercom: Sequence[Option], salesforce: Sequence[Option]) -> OptionMatch:
    """Match the options of an Intercom list with those of a Salesforce picklist."""
    here = [option for option in intercom if option.value.strip()]
    there = [option for option in salesforce if option.value.strip()]
    pairs = _pair(here, there)
    to_salesforce = _lookup(pairs, here, there)
    to_intercom = _lookup([(b, a) for a, b in pairs], there, here)
    order = {id(option): place for place, option in enumerate(here)}
    return OptionMatch(
        pairs=tuple(sorted(pairs, key=lambda pair: order[id(pair[0])])),
        missing_in_salesforce=tuple(o for o in here if _look_up(to_salesforce, o.value) is None),
        missing_in_intercom=tuple(o for o in there if _look_up(to_intercom, o.value) is None),
        _to_salesforce=MappingProxyType(to_salesforce),
        _to_intercom=MappingProxyType(to_intercom),
    )


_Name = Callable[[Option], str]
_FOLDED = "\0"
"""Marks the keys of a lookup that ignore case; no option's value begins with it."""


def _fold(text: str) -> str:
    return text.strip().casefold()


def _value(option: Option) -> str:
    return _fold(option.value)


def _label(option: Option) -> str:
    return _fold(option.label)


# The exact value goes first, so that "gold" and "Gold" on both sides keep to their own.
_PASSES: tuple[tuple[_Name, _Name], ...] = (
    (lambda option: option.value, lambda option: option.value),
    (_value, _value),
    (_label, _label),
    (_value, _label),
    (_label, _value),
)


def _pair(here: Sequence[Option], there: Sequence[Option]) -> list[tuple[Option, Option]]:
    pairs: list[tuple[Option, Option]] = []
    left, right = list(here), list(there)
    for name_here, name_there in _PASSES:
        open_there: dict[str, Option] = {}
        for option in right:
            open_there.setdefault(name_there(option), option)
        found: list[tuple[Option, Option]] = []
        for option in left:
            name = name_here(option)
            partner = open_there.pop(name, None) if name else None
            if partner is not None:
                found.append((option, partner))
        pairs += found
        left = _without(left, (a for a, _ in found))
        right = _without(right, (b for _, b in found))
    return pairs


def _without(options: Iterable[Option], taken: Iterable[Option]) -> list[Option]:
    gone = {id(option) for option in taken}
    return [option for option in options if id(option) not in gone]


def _lookup(
    pairs: Iterable[tuple[Option, Option]], sources: Sequence[Option], targets: Sequence[Option]
) -> dict[str, str]:
    """From a source value (exact, or marked and folded) to the value of its counterpart."""
    found: dict[str, str] = {}
    for source, target in pairs:
        found.setdefault(source.value, target.value)
        found.setdefault(_FOLDED + _value(source), target.value)
    for name in (_value, _label):
        for target in targets:
            found.setdefault(_FOLDED + name(target), target.value)
    found.pop(_FOLDED, None)  # a blank label is no name
    for source in sources:
        counterpart = found.get(_FOLDED + _label(source))
        if counterpart is not None:
            found.setdefault(_FOLDED + _value(source), counterpart)
    return found


def _look_up(lookup: Mapping[str, str], value: str) -> str | None:
    exact = lookup.get(value)
    return exact if exact is not None else lookup.get(_FOLDED + _fold(value))
