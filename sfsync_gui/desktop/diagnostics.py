"""The diagnostics file: what whoever helps needs to see, as texts in one zip file.

A person sees the list of what goes in, and each text, before it is saved; nothing is sent. Every
text is cleaned by the redactor, and log and crash reports hold no text of an exception.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sfsync_gui.core.failures import SetupError
from sfsync_gui.desktop.crash_reports import CrashReports
from sfsync_gui.desktop.log_digest import digest
from sfsync_gui.desktop.log_tail import last_text
from sfsync_gui.desktop.private_files import write_private

LOG_BYTES = 1_000_000
"""So much of the log's end goes in."""


@dataclass(frozen=True, slots=True)
class Document:
    """One text in the file: its name there, and what it is."""

    name: str
    text: str


def facts_document(name: str, facts: Iterable[tuple[str, str]], reports: CrashReports) -> Document:
    """Facts, one a line."""
    text = "".join(f"{fact}: {value}\n" for fact, value in facts)
    return Document(f"{name}.txt", reports.clean(text))


def data_document(name: str, content: object, reports: CrashReports) -> Document:
    """Something as JSON."""
    text = json.dumps(content, indent=2, sort_keys=True, default=str, ensure_ascii=False)
    return Document(f"{name}.json", reports.clean(text))


def log_document(reports: CrashReports) -> Document:
    """The end of the log."""
    text = digest(last_text(reports.log, LOG_BYTES))
    return Document("log.txt", reports.clean(text) or "There is no log.\n")


def crash_documents(reports: CrashReports) -> Sequence[Document]:
    """The crash reports there are, the newest first."""
    return [Document(f"crashes/{one.path.name}", reports.text(one)) for one in reports.all()]


def gathered(
    facts: Iterable[tuple[str, str]], documents: Mapping[str, object], reports: CrashReports
) -> list[Document]:
    """All that goes into the file, in the order in which it is shown."""
    return [
        facts_document("versions", facts, reports),
        *(data_document(name, content, reports) for name, content in documents.items()),
        log_document(reports),
        *crash_documents(reports),
    ]


def file_name(now: float) -> str:
    """The name that is proposed for the file."""
    return f"sfsync-diagnostics-{datetime.fromtimestamp(now).astimezone():%Y-%m-%d-%H%M}.zip"


def save(path: Path, documents: Iterable[Document]) -> None:
    """Write the file for its owner's eyes, whole or not at all. Raises `SetupError`."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for document in documents:
            file.writestr(document.name, document.text)
    try:
        write_private(path, content.getvalue())
    except OSError as error:
        raise SetupError(
            "The diagnostics could not be saved",
            f"{path.name} cannot be written to {path.parent}: {error.strerror}.",
            "Choose another folder, or make room there. Nothing was left behind.",
            subject=str(path),
            code="diagnostics",
        ) from None
