"""What the desktop does for us: opening pages and folders, and keeping a profile to one program."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtNetwork import QLocalServer
from PySide6.QtWidgets import QApplication

from sfsync_gui.desktop.opening import open_folder, open_page
from sfsync_gui.desktop.single_instance import SingleInstance
from sfsync_gui.desktop.starting import window_command
from tests.gui.conftest import Run, until

SECOND = """
import sys
from pathlib import Path
from sfsync_gui.desktop.single_instance import SingleInstance
sys.exit(0 if SingleInstance(Path(sys.argv[1])).take() else 7)
"""


class Opener(QObject):
    """Stands in for the user's browser, the way Qt offers it."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


@pytest.fixture
def opener(qapp: QApplication) -> Iterator[Opener]:
    """Whatever Qt would hand to another program."""
    receiver = Opener()
    schemes = ("https", "file", "javascript")
    for scheme in schemes:
        QDesktopServices.setUrlHandler(scheme, receiver, "open")  # type: ignore[arg-type]
    yield receiver
    for scheme in schemes:
        QDesktopServices.unsetUrlHandler(scheme)


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "javascript:alert(1)", "https://", "not an address", ""]
)
def test_only_web_pages_are_opened(address: str, opener: Opener) -> None:
    assert not open_page(address)
    assert opener.opened == []
    assert open_page("https://login.salesforce.com/?a=1")
    assert opener.opened == ["https://login.salesforce.com/?a=1"]


def test_a_folder_is_opened(tmp_path: Path, opener: Opener) -> None:
    assert open_folder(tmp_path)
    assert opener.opened == [tmp_path.as_uri()]


def start_second(folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", SECOND, str(folder)])


def test_a_second_start_raises_the_first_and_ends(tmp_path: Path, run: Run) -> None:
    first = SingleInstance(tmp_path)
    assert first.take()
    raised: list[bool] = []
    first.raise_wanted.connect(lambda: raised.append(True))

    async def story() -> None:
        second = start_second(tmp_path)
        await until(lambda: second.poll() is not None)
        assert second.returncode == 7
        assert raised == [True]
        other_profile = start_second(tmp_path / "other")
        await until(lambda: other_profile.poll() is not None)
        assert other_profile.returncode == 0
        assert raised == [True]

    run(story())
    first.release()
    assert start_second(tmp_path).wait(20) == 0


def test_the_name_left_by_a_crash_is_taken_over(tmp_path: Path, application: QApplication) -> None:
    lost = SingleInstance(tmp_path)
    name = lost._name
    crash = f"""
import os
from PySide6.QtNetwork import QLocalServer
server = QLocalServer()
assert server.listen({name!r})
print(server.fullServerName())
os._exit(1)
"""
    done = subprocess.run([sys.executable, "-c", crash], capture_output=True, text=True)
    left = Path(done.stdout.strip())
    if sys.platform != "win32":
        assert left.exists()  # or there is nothing to take over
    assert lost.take()
    lost.release()
    QLocalServer.removeServer(name)


def start_window(folder: Path) -> "subprocess.Popen[bytes]":
    """The program itself, in the tray, as a person's session starts it."""
    command = window_command("--minimized", "--data-dir", str(folder))
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with (folder / "stderr.txt").open("ab") as errors:
        return subprocess.Popen(command, env=environment, stderr=errors)


def test_the_program_started_twice_shows_one_window(tmp_path: Path, run: Run) -> None:
    async def story() -> None:
        first = start_window(tmp_path)
        try:
            await until(lambda: (tmp_path / "sfsync.db").exists(), within=60)
            remembered = tmp_path / "window.ini"
            assert not remembered.exists() or "panel" not in remembered.read_text()
            second = start_window(tmp_path)
            await until(lambda: second.poll() is not None, within=30)
            assert second.returncode == 0
            assert first.poll() is None
        finally:
            first.terminate()
            await until(lambda: first.poll() is not None, within=30)
        assert first.returncode == 0
        assert "Traceback" not in (tmp_path / "stderr.txt").read_text()
        assert "panel=overview" in remembered.read_text()  # its window was brought up

    run(story())
