"""The window in the user's language, where there is a translation of it.

A translation is a compiled file `sfsync_<language>.qm` among the resources. `make translations`
makes it from the `.ts` file of the same name. Qt's own words (Cancel, Copy) come with Qt.
"""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from sfsync_gui.desktop.paths import resource_dir

FOLDER = "translations"
NAME = "sfsync"
_OF_QT = "qtbase"


def install_translations(
    application: QCoreApplication, locale: QLocale | None = None, folder: Path | None = None
) -> list[QTranslator]:
    """Have texts translated from now on; returns what was installed, nothing for English.

    Call it before the first window is made. The languages that the user prefers are tried in
    their order (`QTranslator.load` with a locale). Qt's words are not translated where ours are
    not: half a translation reads worse than none.
    """
    wanted = locale or QLocale.system()
    ours = _loaded(application, wanted, NAME, str(folder or resource_dir() / FOLDER))
    if ours is None:
        return []
    of_qt = _loaded(
        application, wanted, _OF_QT, QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    )
    found = [of_qt, ours] if of_qt is not None else [ours]
    for translator in found:
        application.installTranslator(translator)
    return found


def _loaded(
    parent: QCoreApplication, locale: QLocale, name: str, folder: str
) -> QTranslator | None:
    translator = QTranslator(parent)
    return translator if translator.load(locale, name, "_", folder) else None
