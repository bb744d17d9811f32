"""Files of pages (`/media`): only to the sign-in whose tab shows them."""

from pathlib import PurePosixPath

from streamlit.runtime import Runtime

from dashboard.access.requests.paths import MEDIA
from dashboard.access.rights import BADGE
from dashboard.access.roles import Viewer


def may_fetch(reader: Viewer, path: str) -> bool:
    """Whether a tab of this sign-in shows the file now."""
    return PurePosixPath(path.removeprefix(MEDIA)).stem in _shown_to(reader)


def _shown_to(reader: Viewer) -> set[str]:
    """The files that the tabs of a sign-in show."""
    runtime = Runtime.instance()
    # Streamlit keeps no public record of whose a file is: these names are of the pinned version, and a test holds them.
    files = runtime.media_file_mgr._files_by_session_and_coord  # noqa: SLF001
    found: set[str] = set()
    for tab in runtime._session_mgr.list_active_sessions():  # noqa: SLF001
        if tab.session._user_info.get(BADGE) == reader.badge:  # noqa: SLF001
            found.update(files.get(tab.session.id, {}).values())
    return found
