"""What a failure means and what to do about it, in plain words, by the services' own codes.

Codes of Salesforce: "Core Data Types Used in API Calls", StatusCode, and REST status codes; of
Intercom: "Error codes"; and the product's own, in small letters, from `core.conversion`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sfsync_gui.core.vocabulary import ErrorClass, Side


@dataclass(frozen=True, slots=True)
class Explanation:
    """A short heading for a failure, and what a person can do about it."""

    title: str
    remedy: str


def explain(
    error_class: ErrorClass,
    code: str,
    message: str = "",
    fields: Sequence[str] = (),
    side: Side | None = None,
) -> Explanation:
    """The heading and the remedy for a failure.

    `side` is the service that refused (None: unknown). `fields` are those at fault, by the words
    to be shown. A code that is not known is explained by its class; `message` then tells the rest
    and is shown beside it.
    """
    found = _by_code(code, message) or _BY_CLASS[error_class]
    words = {
        "service": "the service" if side is None else SERVICES[side],
        "Service": "The service" if side is None else SERVICES[side],
        "other": "the other service" if side is None else SERVICES[side.other],
        "field": _enumerate(fields) or "the field",
        "is": "are" if len(fields) > 1 else "is",
        "Field": _enumerate(fields) or "A field",
    }
    return Explanation(found.title.format(**words), found.remedy.format(**words))


SERVICES: Mapping[Side, str] = {Side.INTERCOM: "Intercom", Side.SALESFORCE: "Salesforce"}
"""The services' names."""


def _enumerate(fields: Sequence[str]) -> str:
    if len(fields) < 2:
        return "".join(fields)
    return f"{', '.join(fields[:-1])} and {fields[-1]}"


def _by_code(code: str, message: str) -> Explanation | None:
    wanted = code.strip().casefold()
    if wanted in _FLOW_CODES and "FIELD_CUSTOM_VALIDATION_EXCEPTION" in message:
        # A trigger or flow passes on what a validation rule said under a code of its own.
        wanted = "field_custom_validation_exception"
    return _BY_CODE.get(wanted)


_FLOW_CODES = frozenset({"cannot_execute_flow_trigger", "cannot_insert_update_activate_entity"})

_BY_CLASS: Mapping[ErrorClass, Explanation] = {
    ErrorClass.TRANSIENT: Explanation(
        "{Service} could not be reached",
        "Nothing needs to be done: this is tried again by itself.",
    ),
    ErrorClass.SIGN_IN: Explanation(
        "{Service} no longer accepts the sign-in",
        "Connect {service} again. Nothing is lost: syncing goes on where it stopped.",
    ),
    ErrorClass.ORG: Explanation(
        "{Service} refuses all requests for now",
        "Read the details and ask your administrator of {service}. Syncing goes on by itself once "
        "{service} answers again.",
    ),
    ErrorClass.SETUP: Explanation(
        "{Field} {is} not as the mapping needs it",
        "Check the field in {service}, or change the row in Attribute mapping.",
    ),
    ErrorClass.TRIGGER: Explanation(
        "The record has changed its place",
        "Nothing needs to be done: the record was deleted, merged or converted, and the link "
        "follows it.",
    ),
    ErrorClass.RECORD: Explanation(
        "{Service} refused the change",
        "Read what {service} said, correct the value, then retry.",
    ),
}

_GONE = Explanation(
    "The record is no longer there",
    "Nothing needs to be done: the link ends, or follows the record it was merged into.",
)
_SIGNED_OUT = Explanation(
    "{Service} no longer accepts the sign-in",
    "Connect {service} again: the access was revoked, has ended, or the password was changed. "
    "Nothing is lost.",
)
_TOO_LONG = Explanation(
    "{Field} {is} too long",
    "Shorten it in {other}, or let the row in Attribute mapping shorten it, then retry.",
)
_NO_OPTION = Explanation(
    "{Field} does not offer this value",
    "Add the value to the list in {service}, or choose another in {other}, then retry.",
)
_NOT_AN_EMAIL = Explanation(
    "{Field} {is} no e-mail address", "Correct the address in {other}, then retry."
)
_OUT_OF_RANGE = Explanation(
    "{Field} {is} beyond what {service} takes",
    "Correct the number in {other}, or widen the field in {service}, then retry.",
)
_WRONG_TYPE = Explanation(
    "{Field} {is} of another type",
    "Correct the value in {other}, or map it to a field of its type, then retry.",
)
_DUPLICATE = Explanation(
    "{Service} sees a duplicate",
    "Look for the other record with the same value in {service}; merge the two or change one, "
    "then retry.",
)
_NO_OWNER = Explanation(
    "The owner has no counterpart in {service}",
    "Add a person with the same e-mail address in {service}, or change the owner in {other}, "
    "then retry.",
)
_FIELD_GONE = Explanation(
    "{Field} {is} no longer in {service}, or hidden from you",
    "Give your user access to the field in {service}, or map another in Attribute mapping. The "
    "row is off until then; the others go on.",
)
_READ_ONLY = Explanation(
    "{Field} may not be written",
    "Allow your user to edit the field and the record in {service}, or change the row's direction.",
)
_NO_ACCESS = Explanation(
    "You may not change this record in {service}",
    "Ask your administrator of {service} for the right to edit this record, then retry.",
)
_LIMIT = Explanation(
    "The day's API calls of {service} are used up",
    "Nothing needs to be done: syncing goes on by itself once calls are free again. To spend "
    "fewer, lower the cap or lengthen the interval in Settings.",
)
_BUSY = Explanation("{Service} is busy", "Nothing needs to be done: this is tried again by itself.")
_LOCKED = Explanation(
    "The record was in use",
    "Nothing needs to be done: someone or something else was changing it, and this is tried again "
    "by itself.",
)
_AUTOMATION = Explanation(
    "An automation in {service} failed",
    "Show the details to your administrator of {service}: a flow or trigger there stopped the "
    "change. Once it is mended, retry.",
)
_OWN_FAULT = Explanation(
    "{Service} did not understand the request",
    "Read what {service} said and correct the value, then retry. If it comes again, report it "
    "with the details.",
)

_BY_CODE: Mapping[str, Explanation] = {
    # The product's own, before anything is sent
    "too_long": _TOO_LONG,
    "no_option": _NO_OPTION,
    "not_an_email": _NOT_AN_EMAIL,
    "out_of_range": _OUT_OF_RANGE,
    "not_whole": _WRONG_TYPE,
    "not_a_number": _WRONG_TYPE,
    "not_a_boolean": _WRONG_TYPE,
    "not_a_date": _WRONG_TYPE,
    "no_owner": _NO_OWNER,
    "loop": Explanation(
        "{Field} keeps being changed back",
        "An automation in {service} seems to rewrite it each time. Change the automation or the "
        "row's direction, then retry.",
    ),
    "already_linked": Explanation(
        "The record is linked otherwise already",
        "Decide in Identity mappings which of the two belongs to it.",
    ),
    "gone_or_hidden": Explanation(
        "The record is gone or hidden from you",
        "Check in {service} whether your user can see it. The link stays until this is known.",
    ),
    "not_linked": Explanation(
        "The person has no record in {service}",
        "Link the person to a lead or contact in Identity mappings, then retry.",
    ),
    "conversation_gone": Explanation(
        "The conversation is no longer in {other}",
        "Nothing can be told of it any more. Dismiss this, or create a task about the person.",
    ),
    "conversations_forbidden": Explanation(
        "Conversations cannot be read in {service}",
        "In Intercom's Developer Hub: the app → Configure → Authentication → Permissions → tick "
        "“Read conversations” → Save. Then connect Intercom again.",
    ),
    "task_field_hidden": Explanation(
        "{Field} {is} hidden on tasks in {service}",
        "In Salesforce: Setup → Object Manager → Task → Fields & Relationships → {field} → Set "
        "Field-Level Security → Visible. Then retry.",
    ),
    "task_too_long": Explanation(
        "{Field} {is} too long", "Create the task again with a shorter text, and dismiss this."
    ),
    "task_no_option": Explanation(
        "{Field} does not offer this value",
        "Add the value to the list in {service}, or choose another in Settings → New tasks, then "
        "retry.",
    ),
    "unclear": Explanation(
        "It is unclear whether the record was created",
        "Look for it in {service}: link it if it is there, or retry to create it.",
    ),
    # Salesforce: the value
    "string_too_long": _TOO_LONG,
    "invalid_or_null_for_restricted_picklist": _NO_OPTION,
    "invalid_email_address": _NOT_AN_EMAIL,
    "number_outside_valid_range": _OUT_OF_RANGE,
    "invalid_type_on_field_in_record": _WRONG_TYPE,
    "json_parser_error": _WRONG_TYPE,
    "field_integrity_exception": Explanation(
        "{Field} does not go with the record's other fields",
        "Correct the value in {other} so that it suits the record in {service}, then retry.",
    ),
    "field_custom_validation_exception": Explanation(
        "A validation rule in {service} refused the change",
        "Correct the value so that it meets the rule, or have the rule changed in {service}, "
        "then retry.",
    ),
    "required_field_missing": Explanation(
        "{Field} must not be empty in {service}",
        "Fill it in {other}, or do not let the row copy blanks, then retry.",
    ),
    # Salesforce: duplicates and references
    "duplicates_detected": Explanation(
        "A duplicate rule in {service} refused the record",
        "Look for the other record and merge the two or link it by hand, or have the rule "
        "changed in {service}, then retry.",
    ),
    "duplicate_value": _DUPLICATE,
    "duplicate_external_id": _DUPLICATE,
    "invalid_cross_reference_key": Explanation(
        "{Field} points to a record that is not there",
        "Choose a record in {other} that exists in {service}, then retry.",
    ),
    "malformed_id": Explanation(
        "{Field} {is} no record id", "Correct the id in {other}, then retry."
    ),
    "inactive_owner_or_user": Explanation(
        "The owner is no longer active in {service}",
        "Give the record to an active person, then retry.",
    ),
    # Salesforce: the record
    "cannot_update_converted_lead": Explanation(
        "The lead was converted",
        "Nothing needs to be done: the link moves to the contact.",
    ),
    "entity_is_deleted": _GONE,
    "unable_to_lock_row": _LOCKED,
    "entity_is_locked": Explanation(
        "The record is locked for approval",
        "Finish or recall the approval in {service}, then retry.",
    ),
    "insufficient_access_or_readonly": _NO_ACCESS,
    "insufficient_access": _NO_ACCESS,
    "insufficient_access_on_cross_reference_entity": Explanation(
        "You may not see a record that this one refers to",
        "Ask your administrator of {service} for access to the owner, account or other record "
        "it refers to, then retry.",
    ),
    "transfer_requires_read": Explanation(
        "The new owner may not see the record",
        "Give the owner access to such records in {service}, or choose another, then retry.",
    ),
    "cannot_execute_flow_trigger": _AUTOMATION,
    "cannot_insert_update_activate_entity": _AUTOMATION,
    "apex_error": _AUTOMATION,
    "limit_exceeded": _AUTOMATION,
    # Salesforce: the set-up
    "invalid_field": _FIELD_GONE,
    "invalid_field_for_insert_update": _READ_ONLY,
    "invalid_type": Explanation(
        "An object is not there in {service}, or hidden from you",
        "Ask your administrator of {service} for the right to read and edit leads and contacts.",
    ),
    # Salesforce: the org
    "request_limit_exceeded": _LIMIT,
    "api_disabled_for_org": Explanation(
        "This edition of {service} has no API",
        "Ask your administrator to switch the API on, or {service} for an edition that has it.",
    ),
    "api_currently_disabled": Explanation(
        "You may not use the API of {service}",
        "Ask your administrator for the permission “API Enabled”.",
    ),
    "storage_limit_exceeded": Explanation(
        "The storage of {service} is full", "Free storage in {service} or buy more, then retry."
    ),
    "server_unavailable": _BUSY,
    "service_unavailable": _BUSY,
    "unknown_exception": _BUSY,
    "query_timeout": _BUSY,
    # Sign-in
    "invalid_session_id": _SIGNED_OUT,
    "invalid_grant": _SIGNED_OUT,
    "invalid_login": _SIGNED_OUT,
    "unauthorized": _SIGNED_OUT,
    "token_unauthorized": _SIGNED_OUT,
    "permission_missing": Explanation(
        "The app in {service} lacks a permission",
        "Give the app the permission in {service}'s Developer Hub, then connect {service} again.",
    ),
    "token_not_found": _SIGNED_OUT,
    "token_revoked": _SIGNED_OUT,
    "token_expired": _SIGNED_OUT,
    "token_suspended": Explanation(
        "The workspace of {service} is suspended",
        "Open {service} in the browser and see what it asks for, then connect again.",
    ),
    "token_blocked": Explanation(
        "{Service} blocked this app's access",
        "Ask the support of {service} to unblock it, then connect again.",
    ),
    # Intercom
    "request_refused": Explanation(
        "Intercom refused a request about this record",
        "Look whether the record opens in Intercom, then retry. If it lasts, ask Intercom's "
        "support with the words in the details.",
    ),
    "conflict": Explanation(
        "Another person in {service} has this value already",
        "Merge the two people in {service}, or change the value in {other}, then retry.",
    ),
    "parameter_invalid": Explanation(
        "{Service} does not accept the value of {field}",
        "Correct the value in {other}, or map it to an attribute of its type, then retry.",
    ),
    "parameter_not_found": Explanation(
        "{Service} misses a value",
        "Create the attribute in {service} or fill the value in {other}, then retry.",
    ),
    "not_found": _GONE,
    "resource_gone": _GONE,
    "rate_limit_exceeded": Explanation(
        "{Service} asks to slow down", "Nothing needs to be done: this is tried again by itself."
    ),
    "api_plan_restricted": Explanation(
        "The plan of {service} does not include this",
        "Ask your administrator of {service} about the plan.",
    ),
    "action_forbidden": _NO_ACCESS,
    "forbidden": _NO_ACCESS,
    "server_error": _BUSY,
    "bad_gateway": _BUSY,
    "gateway_timeout": _BUSY,
    "bad_request": _OWN_FAULT,
    "client_error": _OWN_FAULT,
    "malformed_query": _OWN_FAULT,
}
