"""Text that a spreadsheet would run as a formula, made harmless with a leading apostrophe, and back.

OWASP CSV Injection and ASVS 5.0, 1.2.10: cells that start with = + - @ TAB CR LF NUL, here also after spaces or
invisible characters and in full-width and other forms that spreadsheets take for the same. Numbers are not text.
"""

import re

INVISIBLE = r"[ \x{a0}\x{1680}\x{2000}-\x{200f}\x{2028}\x{2029}\x{202f}\x{205f}\x{2060}\x{3000}\x{feff}]"
TRIGGER = (
    r"[=+\-@\t\r\n\x{0b}\x{0c}\x{00}\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}\x{fe66}\x{fe62}\x{fe63}\x{fe6b}"
    r"\x{207a}\x{207b}\x{207c}\x{208a}\x{208b}\x{208c}\x{fb29}\x{2212}]"
)
# Apostrophes of the text itself are part of it, so that taking ours away gives back exactly what was there. In the
# spelling of RE2, which Arrow and DuckDB use.
DANGEROUS = rf"^('*{INVISIBLE}*{TRIGGER})"
NEUTRALISED = rf"^'('*{INVISIBLE}*{TRIGGER})"


def _python_pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\x\{([0-9a-f]+)\}", lambda found: f"\\u{int(found[1], 16):04x}", pattern))


_DANGEROUS = _python_pattern(DANGEROUS)
_NEUTRALISED = _python_pattern(NEUTRALISED)


def neutral_text(text: str) -> str:
    """The text as it may stand in a spreadsheet."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def original_text(text: str) -> str:
    """The text without the apostrophe that `neutral` put before it."""
    return text[1:] if _NEUTRALISED.match(text) else text
