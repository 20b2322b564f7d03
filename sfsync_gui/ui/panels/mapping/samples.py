"""The values of a real person or company, as they stand under the names of fields."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.people import Json, Value
from sfsync_gui.core.schema import IntercomAttribute, SalesforceField, Schema
from sfsync_gui.core.value_names import named_value
from sfsync_gui.core.values import intercom_value, salesforce_value
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.handle import SamplePerson
from sfsync_gui.ui.panels.mapping.offering import Place, described
from sfsync_gui.ui.texts.values import value_text

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Sample:
    """A linked person or company as both services show it; empty where there is none to show."""

    people: tuple[SamplePerson, ...] = ()

    @property
    def name(self) -> str:
        """What the person is called, on either side."""
        return next((person.name for person in self.people if person.name), "")

    @property
    def link_id(self) -> int:
        """The link of the person, 0 where there is none."""
        return self.people[0].link_id if self.people else 0

    def text(self, place: Place, name: str, schema: Schema) -> str:
        """The person's value of a field, empty where the person has no such record."""
        item, person = described(place, name, schema), self._person(place)
        if item is None or person is None or name not in person.values:
            return ""
        value = _shown(item, person.values[name], schema)
        text = " ".join(value_text(value).split())
        return text or translate("mapping", "Blank")

    def _person(self, place: Place) -> SamplePerson | None:
        if place.is_attribute:
            return next((one for one in self.people if one.side is Side.INTERCOM), None)
        return next((one for one in self.people if one.kind.value == place.value), None)


def _shown(item: IntercomAttribute | SalesforceField, raw: Json, schema: Schema) -> Value:
    """The canonical value, with an owner's address and an option's label in place of Ids."""
    if isinstance(item, IntercomAttribute):
        return named_value(item, intercom_value(item, raw), schema)
    return named_value(item, salesforce_value(item, raw), schema)


def sample_of(people: Sequence[SamplePerson]) -> Sample:
    """A sample of what the program found."""
    return Sample(tuple(people))
