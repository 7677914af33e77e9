"""Last of all: nothing of the tests is left behind, but the session's own servers."""

import psutil

from rounds.services import process


def test_no_child_is_left(servers_directory):
    """Every program a test started has ended, and was waited for."""
    session = {
        process.mark_of(one.pid) for one in psutil.Process().children(recursive=True) if _below(one, servers_directory)
    }
    left = [one for one in psutil.Process().children(recursive=True) if process.mark_of(one.pid) not in session]
    assert [(one.pid, one.name(), one.status()) for one in left] == []


def test_no_socket_is_listened_on():
    """No server inside the test process itself still listens."""
    assert [c.laddr for c in psutil.Process().net_connections() if c.status == psutil.CONN_LISTEN] == []


def _below(one, directory):
    try:
        return one.cwd().startswith(str(directory))
    except psutil.Error:
        return False
