"""Who the department is: its name, logo and accent, and who asked for the Monday digest."""

from pydantic import Field

from data.home import home_in_service
from data.settings import Setting, settings_in_force


class Department(Setting):
    """Who the department is. `logo` names a file beside the hospital's own settings; `accent` is a colour `#rrggbb`."""

    name: str = ""
    logo: str = Field(default="", pattern=r"^([\w.-]+\.(svg|png))?$")
    accent: str = Field(default="", pattern=r"^(#[0-9a-fA-F]{6})?$")
    digest_to: tuple[str, ...] = ()


def read_department() -> Department:
    """Name, logo and accent of the department whose records are in service: the synthetic one has a name of its own."""
    return settings_in_force("department.toml", Department, home_in_service())
