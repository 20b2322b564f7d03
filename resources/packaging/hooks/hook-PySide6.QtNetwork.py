"""What PyInstaller's own hook finds, less the plugins that are of no use here."""

from PyInstaller.utils.hooks.qt import add_qt6_dependencies, pyside6_library_info

from resources.packaging.freezing import used_plugins

hiddenimports, binaries, datas = add_qt6_dependencies(__file__)
binaries = used_plugins(binaries) + pyside6_library_info.collect_qtnetwork_files()
