"""The JSON of the simulated Intercom, shaped as its OpenAPI description says (2.16, Preview)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol
from zlib import crc32

from sfsync_gui.sandbox.intercom.attributes import DataAttribute
from sfsync_gui.sandbox.intercom.model import Activity, Admin, Company, Contact, Label, Merge

Json = dict[str, Any]


class CompanyLabels(Protocol):
    """Where tags and segments are, by id."""

    tags: dict[str, Label]
    segments: dict[str, Label]


_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_DEVICE_FIELDS = (
    "android_app_name",
    "android_app_version",
    "android_device",
    "android_os_version",
    "android_sdk_version",
    "android_last_seen_at",
    "ios_app_name",
    "ios_app_version",
    "ios_device",
    "ios_os_version",
    "ios_sdk_version",
    "ios_last_seen_at",
)
_ORIGIN_FIELDS = (
    "utm_campaign",
    "utm_content",
    "utm_medium",
    "utm_source",
    "utm_term",
    "referrer",
    "enabled_push_messaging",
)


def contact_json(contact: Contact, workspace_id: str, *, preview: bool) -> Json:
    """Return a contact; its name is HTML-escaped, as recordings of the real service show."""
    answer: Json = {
        "type": "contact",
        "id": contact.id,
        "workspace_id": workspace_id,
        "external_id": contact.external_id,
        "role": contact.role,
        "email": contact.email,
        "phone": contact.phone,
        "name": None if contact.name is None else contact.name.translate(_ENTITIES),
        "avatar": _avatar_json(contact.avatar),
        "owner_id": contact.owner_id,
        "social_profiles": {"type": "list", "data": []},
        "has_hard_bounced": contact.has_hard_bounced,
        "marked_email_as_spam": contact.marked_email_as_spam,
        "unsubscribed_from_emails": contact.unsubscribed_from_emails,
        "created_at": contact.created_at,
        "updated_at": contact.updated_at,
        "signed_up_at": contact.signed_up_at,
        "last_seen_at": contact.last_seen_at,
        "last_replied_at": contact.last_replied_at,
        "last_contacted_at": contact.last_contacted_at,
        "last_email_opened_at": contact.last_email_opened_at,
        "last_email_clicked_at": contact.last_email_clicked_at,
        "language_override": contact.language_override,
        "browser": contact.browser,
        "browser_version": None,
        "browser_language": contact.browser_language,
        "os": contact.os,
        "location": _location_json(),
        "custom_attributes": dict(contact.custom_attributes),
    }
    answer.update(dict.fromkeys(_DEVICE_FIELDS))
    answer["notes"] = _sub_list_json(contact.id, "notes")
    answer["tags"] = _sub_list_json(
        contact.id,
        "tags",
        [{"type": "tag", "id": one, "url": f"/tags/{one}"} for one in contact.tags],
    )
    answer["companies"] = _sub_list_json(
        contact.id,
        "companies",
        [{"type": "company", "id": one, "url": f"/companies/{one}"} for one in contact.companies],
    )
    for name in ("opted_out_subscription_types", "opted_in_subscription_types"):
        answer[name] = _sub_list_json(contact.id, "subscriptions")
    answer.update(dict.fromkeys(_ORIGIN_FIELDS))
    if preview:
        answer["formatted_phone"] = contact.phone
    return answer


def _avatar_json(url: str | None) -> Json | None:
    return None if url is None else {"type": "avatar", "image_url": url}


def _location_json() -> Json:
    names = ("country", "region", "city", "country_code", "continent_code")
    return {"type": "location", **dict.fromkeys(names)}


def _sub_list_json(contact_id: str, path: str, entries: Iterable[Json] = ()) -> Json:
    """Return the first ten entries, as the description says, and how many there are."""
    data = list(entries)
    return {
        "type": "list",
        "data": data[:10],
        "url": f"/contacts/{contact_id}/{path}",
        "total_count": len(data),
        "has_more": len(data) > 10,
    }


def company_json(company: Company, workspace_id: str, labels: CompanyLabels) -> Json:
    """Return a company, without the attributes that were never set (as in all examples).

    Its name is HTML-escaped, as identity attributes are on output (told by Intercom's makers,
    intercom-java issue 113).
    """
    optional = {
        "name": None if company.name is None else company.name.translate(_ENTITIES),
        "remote_created_at": company.remote_created_at,
        "last_request_at": company.last_request_at,
        "size": company.size,
        "website": company.website,
        "industry": company.industry,
    }
    return {
        "type": "company",
        "company_id": company.company_id,
        "id": company.id,
        "app_id": workspace_id,
        **{name: value for name, value in optional.items() if value is not None},
        "created_at": company.created_at,
        "updated_at": company.updated_at,
        "monthly_spend": company.monthly_spend,
        "session_count": company.session_count,
        "user_count": company.user_count,
        "tags": {
            "type": "tag.list",
            "tags": [tag_json(labels.tags[one]) for one in company.tags],
        },
        "segments": {
            "type": "segment.list",
            "segments": [segment_json(labels.segments[one]) for one in company.segments],
        },
        "notes": {"type": "note.list", "notes": []},
        "plan": _plan_json(company.plan),
        "custom_attributes": dict(company.custom_attributes),
    }


def _plan_json(name: str | None) -> Json:
    """Plans are not simulated beyond their names: their ids are made of these."""
    if not name:
        return {}
    return {"type": "plan", "id": str(crc32(name.encode()) % 1_000_000), "name": name}


def tag_json(tag: Label) -> Json:
    """Return a tag, as lists of tags have it."""
    return {"type": "tag", "id": tag.id, "name": tag.name}


def segment_json(segment: Label) -> Json:
    """Return a segment, as lists of segments have it."""
    return {
        "type": "segment",
        "id": segment.id,
        "name": segment.name,
        "created_at": segment.created_at,
        "updated_at": segment.created_at,
        "person_type": "user",
    }


def merge_history_json(merges: Iterable[Merge]) -> list[Json]:
    """Return the merges into a user."""
    return [
        {
            "type": "merge_history_item",
            "source_contact_id": merge.lead.id,
            "source_contact_role": merge.lead.role,
            "merged_at": merge.merged_at,
        }
        for merge in merges
    ]


def reference_json(contact: Contact, **outcome: bool) -> Json:
    """Return the short form that answers archive, unarchive and delete."""
    return {
        "type": "contact",
        "id": contact.id,
        "external_id": contact.external_id,
        **outcome,
    }


def admin_json(admin: Admin) -> Json:
    """Return a teammate."""
    return {
        "type": "admin",
        "id": admin.id,
        "name": admin.name,
        "email": admin.email,
        "job_title": admin.job_title,
        "away_mode_enabled": False,
        "away_mode_reassign": False,
        "away_status_reason_id": None,
        "has_inbox_seat": True,
        "team_ids": [],
        "team_priority_level": {},
    }


def me_json(admin: Admin, app: Json) -> Json:
    """Return the teammate who gave the token, with the workspace."""
    return {
        "type": "admin",
        "id": admin.id,
        "name": admin.name,
        "email": admin.email,
        "job_title": admin.job_title,
        "away_mode_enabled": False,
        "away_mode_reassign": False,
        "has_inbox_seat": True,
        "team_ids": [],
        "avatar": {"type": "avatar", "image_url": None},
        "email_verified": True,
        "app": app,
    }


def attribute_json(attribute: DataAttribute, *, preview: bool) -> Json:
    """Return a data attribute. Only Preview knows the type datetime; elsewhere it is a date."""
    data_type = attribute.data_type
    answer: Json = {
        "type": "data_attribute",
        "name": attribute.name,
        "full_name": attribute.full_name,
        "label": attribute.label,
        "description": attribute.description,
        "data_type": "date" if data_type == "datetime" and not preview else data_type,
        "api_writable": attribute.api_writable,
        "ui_writable": attribute.ui_writable,
        "messenger_writable": attribute.messenger_writable,
        "custom": attribute.custom,
        "archived": attribute.archived,
        "model": attribute.model,
    }
    if attribute.options:
        answer["options"] = list(attribute.options)
    if attribute.custom:
        answer["id"] = attribute.id
        answer["admin_id"] = attribute.admin_id
        answer["created_at"] = attribute.created_at
        answer["updated_at"] = attribute.updated_at
    return answer


def activity_json(activity: Activity) -> Json:
    """Return an entry of Preview's contact activities."""
    return {
        "type": "contact_activity",
        "id": activity.id,
        "event_type": activity.event_type,
        "contact_id": activity.contact_id,
        "external_id": activity.external_id,
        "role": activity.role,
        "merge_source_id": activity.merge_source_id,
        "merge_target_id": activity.merge_target_id,
        "failure_reason": None,
        "created_at": activity.created_at,
    }
