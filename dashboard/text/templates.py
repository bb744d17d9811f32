"""HTML of pages and reports: Jinja2 templates of `templates/`, in which every value is escaped unless it is markup."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

FOLDER = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(FOLDER)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def render_html(name: str, /, **values: Any) -> Markup:
    """The template `name`.html filled in. Text is escaped; what is `Markup` already stands as it is."""
    return Markup(_environment().get_template(f"{name}.html").render(values))


def style_text(text: str) -> Markup:
    """A text as the inside of a string in a style: whatever is no letter, digit or blank is written as its number."""
    return Markup(re.sub(r"[^\w ]", lambda one: f"\\{ord(one[0]):x} ", text))
