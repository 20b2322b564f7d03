"""Describe entries of custom fields, and the custom fields every simulated org begins with."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

Formula = Callable[[dict[str, Any], float], Any]
"""What a calculated field holds: a function of the stored values and the time (Unix seconds)."""

_TEXT_TYPES = {
    "string": 255,
    "textarea": 255,
    "phone": 40,
    "url": 255,
    "email": 80,
    "picklist": 255,
    "multipicklist": 4099,
    "combobox": 255,
    "encryptedstring": 175,
    "reference": 18,
}
_SOAP_TYPES = {
    "boolean": "xsd:boolean",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "time": "xsd:time",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "int": "xsd:int",
    "reference": "tns:ID",
}
_UNGROUPABLE = {"datetime", "double", "currency", "percent", "multipicklist", "encryptedstring"}


def options(values: Iterable[str], inactive: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return `picklistValues` with these active values and those that are no longer active."""
    return [
        {"active": active, "defaultValue": False, "label": value, "validFor": None, "value": value}
        for active, group in ((True, values), (False, inactive))
        for value in group
    ]


def describe_field(name: str, type_: str, **properties: Any) -> dict[str, Any]:
    """Return the complete describe entry of a custom field.

    `properties` are describe properties that differ from what a new field of this type has.
    Shapes as recorded; types as documented under "Field Types" in the SOAP API guide.
    """
    length = int(properties.get("length", _TEXT_TYPES.get(type_, 0)))
    long_text = (type_ == "textarea" and length > 255) or type_ == "encryptedstring"
    boolean = type_ == "boolean"
    entry: dict[str, Any] = {
        "aggregatable": not (boolean or long_text),
        "aiPredictionField": False,
        "autoNumber": False,
        "byteLength": length if type_ == "reference" else 3 * length,
        "calculated": False,
        "calculatedFormula": None,
        "cascadeDelete": False,
        "caseSensitive": False,
        "compoundFieldName": None,
        "controllerName": None,
        "createable": True,
        "custom": name.endswith("__c"),
        "defaultValue": False if boolean else None,
        "defaultValueFormula": None,
        "defaultedOnCreate": boolean,
        "dependentPicklist": False,
        "deprecatedAndHidden": False,
        "digits": 0,
        "displayLocationInDecimal": False,
        "encrypted": False,
        "externalId": False,
        "extraTypeInfo": "plaintextarea" if type_ == "textarea" else None,
        "filterable": not long_text,
        "filteredLookupInfo": None,
        "formulaTreatNullNumberAsZero": False,
        "groupable": not (long_text or type_ in _UNGROUPABLE),
        "highScaleNumber": False,
        "htmlFormatted": False,
        "idLookup": False,
        "inlineHelpText": None,
        "label": name.removesuffix("__c").replace("_", " "),
        "length": length,
        "mask": "X" if type_ == "encryptedstring" else None,
        "maskType": "all" if type_ == "encryptedstring" else None,
        "name": name,
        "nameField": False,
        "namePointing": False,
        "nillable": not boolean,
        "permissionable": True,
        "picklistValues": [],
        "polymorphicForeignKey": False,
        "precision": 18 if _SOAP_TYPES.get(type_) == "xsd:double" else 0,
        "queryByDistance": False,
        "referenceTargetField": None,
        "referenceTo": [],
        "relationshipName": None,
        "relationshipOrder": None,
        "restrictedDelete": False,
        "restrictedPicklist": False,
        "scale": 0,
        "searchPrefilterable": type_ == "reference",
        "soapType": _SOAP_TYPES.get(type_, "xsd:string"),
        "sortable": not (long_text or type_ == "multipicklist"),
        "type": type_,
        "unique": False,
        "updateable": True,
        "writeRequiresMasterRead": False,
    }
    if properties.get("calculated"):
        entry.update(createable=False, updateable=False, nillable=True, defaultedOnCreate=False)
    entry.update(properties)
    return entry


def _greeting(values: dict[str, Any], _now: float) -> str:
    """`"Dear " & FirstName & " " & LastName`."""
    return f"Dear {values.get('FirstName') or ''} {values.get('LastName') or ''}".strip()


def _age_in_days(values: dict[str, Any], now: float) -> float:
    """`FLOOR(NOW() - CreatedDate)`: it changes by itself and moves no timestamp."""
    return float(math.floor((now - values.get("CreatedDate", now)) / 86_400))


def standard_set() -> list[tuple[dict[str, Any], Formula | None]]:
    """Return fresh describe entries of the custom fields of Lead and Contact, with formulas.

    One or more of every type that a custom field can have.
    """
    greeting = describe_field(
        "Greeting__c", "string", calculated=True, length=1300, **{_FORMULA: '"Dear " & FirstName'}
    )
    return [*account_set(), (greeting, _greeting)]


def account_set() -> list[tuple[dict[str, Any], Formula | None]]:
    """Return fresh describe entries of the custom fields of Account, with formulas.

    They are those of Lead and Contact that have not to do with a person's name.
    """
    entries: list[tuple[dict[str, Any], Formula | None]] = [
        (describe_field(name, type_, **properties), None)
        for name, type_, properties in _PLAIN_FIELDS
    ]
    age = describe_field(
        "Age_In_Days__c", "double", calculated=True, **{_FORMULA: "FLOOR(NOW() - CreatedDate)"}
    )
    return [*entries, (age, _age_in_days)]


_FORMULA = "calculatedFormula"
_PLANS = options(("Free", "Pro", "Enterprise"), inactive=("Legacy",))
_PLAIN_FIELDS: list[tuple[str, str, dict[str, Any]]] = [
    ("External_Id__c", "string", {"externalId": True, "idLookup": True}),
    ("Nickname__c", "string", {"length": 50}),
    ("Newsletter__c", "boolean", {}),
    ("Trial_End__c", "date", {}),
    ("Last_Seen__c", "datetime", {}),
    ("Preferred_Time__c", "time", {}),
    ("Seats__c", "double", {}),
    ("Score__c", "double", {"precision": 16, "scale": 2}),
    ("Monthly_Spend__c", "currency", {"precision": 16, "scale": 2}),
    ("Discount__c", "percent", {"precision": 5, "scale": 2}),
    ("Direct_Line__c", "phone", {}),
    ("Plan__c", "picklist", {"restrictedPicklist": True, "picklistValues": _PLANS}),
    ("Segment__c", "picklist", {"picklistValues": options(("Small", "Medium", "Large"))}),
    ("Interests__c", "multipicklist", {"picklistValues": options(("Sport", "Music", "Art"))}),
    ("Short_Note__c", "textarea", {}),
    ("Notes__c", "textarea", {"length": 32768}),
    ("Profile_Url__c", "url", {}),
    ("Billing_Email__c", "email", {}),
    ("Secret_Code__c", "encryptedstring", {}),
    (
        "Account_Manager__c",
        "reference",
        {"referenceTo": ["User"], "relationshipName": "Account_Manager__r"},
    ),
]
