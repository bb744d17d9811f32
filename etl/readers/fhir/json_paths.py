"""Values of a JSON resource by path, as text: `subject`, `performed.start@time`, `bodySite.coding[SYSTEM].code`.

Steps are joined by dots and go through lists. `name[x]` keeps the elements whose system, url, linkId, definition, use,
type or code is x, `name[SYSTEM|CODE]` those with this code of this system; `item[x]` also looks into nested items. A
step finds `valueQuantity` by `value`. `.start` of a plain date or time is that itself. `@time` gives a text only when
it has a clock, `@date` only when it has none; `@coded` gives codings as `SYSTEM|CODE`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

Json = object
Resolve = Callable[[str], str]

TYPES = frozenset({
    "boolean", "integer", "decimal", "string", "date", "datetime", "instant", "time", "period", "range", "quantity",
    "age", "coding", "codeableconcept", "reference", "ratio", "code", "uri", "timing",
})  # fmt: skip
NAMING = ("system", "url", "linkid", "definition", "use", "type", "code")
BETWEEN = "; "
ORDINAL = "ordinalvalue"
# Units in which a number of points is counted; any other unit is part of the text.
NO_UNIT = frozenset({"", "1", "{score}", "{points}", "score", "points", "level", "/10", "{nrs}", "nrs"})
_STEP = re.compile(r"([^.\[\]@]+)(?:\[([^\]]*)\])?")


def lower_names(node: Mapping[str, Json]) -> dict[str, Json]:
    """An object with its names in lower case."""
    return {name.lower(): value for name, value in node.items()}


@lru_cache(maxsize=4096)
def parse_path(path: str) -> tuple[tuple[tuple[str, str | None], ...], str | None]:
    """The steps of a path with their filters, and what follows the @."""
    steps, _, form = path.lower().partition("@") if "@" in path else (path.lower(), "", "")
    return tuple((name, condition or None) for name, condition in _STEP.findall(steps)), form or None


def text_at(resource: Mapping[str, Json], path: str, answers: Mapping[str, str], resolve: Resolve) -> str | None:
    """All values at a path, joined by semicolons; None when there is none."""
    steps, form = parse_path(path)
    nodes: list[tuple[str, Json]] = [("", resource)]
    for name, condition in steps:
        nodes = [found for node in nodes for found in _take_step(node, name, condition)]
        if not nodes:
            return None
    if form == "coded":
        coded = [node for _, node in nodes if isinstance(node, Mapping) and node.get("code")]
        return BETWEEN.join(f"{one.get('system') or ''}|{one['code']}" for one in coded) or None
    texts = [text for kind, node in nodes if (text := _node_text(kind, node, answers, resolve))]
    if form is not None:
        texts = [text for text in texts if (":" in text) == (form == "time")]
    return BETWEEN.join(texts) or None


def find_begun_paths(resource: Mapping[str, Json], paths: Iterable[str]) -> list[bool]:
    """For each path whether the resource has anything where it begins: most resources have nothing for most paths."""
    names = tuple(name.lower() for name in resource)
    known = {top: any(name.startswith(top) for name in names) for top in {parse_path(path)[0][0][0] for path in paths}}
    is_absent = "dataabsentreason" in names
    return [known[top := parse_path(path)[0][0][0]] or (top == "value" and is_absent) for path in paths]


def _take_step(node: tuple[str, Json], name: str, condition: str | None) -> list[tuple[str, Json]]:
    value = node[1]
    if not isinstance(value, Mapping):
        return [node] if name == "start" and isinstance(value, str) else []
    names = lower_names(value)
    if name == "value":
        reason = names.get("dataabsentreason")
        if reason is not None and not any(one.startswith("value") for one in names):
            return [("absent", reason)]
    found = _elements_named(names, name)
    if name == "value" and name not in names:
        # A value of any type is one, also of a type that nothing here reads.
        found = [
            one for key, held in names.items() if key.startswith(name) for one in _list_elements(key[len(name) :], held)
        ]
    if name == "item":
        found = _nested_items(names)
    return [one for one in found if condition is None or _is_named(one[1], condition)]


def _elements_named(names: dict[str, Json], name: str) -> list[tuple[str, Json]]:
    if name in names:
        return _list_elements("", names[name])
    return [
        found
        for key, value in names.items()
        if key.startswith(name) and key[len(name) :] in TYPES
        for found in _list_elements(key[len(name) :], value)
    ]


def _list_elements(kind: str, value: Json) -> list[tuple[str, Json]]:
    return [(kind, one) for one in value] if isinstance(value, list) else [(kind, value)]


def _nested_items(names: dict[str, Json]) -> list[tuple[str, Json]]:
    """Items and the items within them, also those within answers."""
    found: list[tuple[str, Json]] = []
    for _, item in _list_elements("", names.get("item") or []):
        if isinstance(item, Mapping):
            inner = lower_names(item)
            found.append(("", item))
            found += _nested_items(inner)
            for _, answer in _list_elements("", inner.get("answer") or []):
                if isinstance(answer, Mapping):
                    found += _nested_items(lower_names(answer))
    return found


def _is_named(node: Json, condition: str) -> bool:
    if not isinstance(node, Mapping):
        return False
    names = lower_names(node)
    for one in NAMING:
        value = names.get(one)
        if isinstance(value, str) and value.lower() == condition:
            return True
        if isinstance(value, Mapping) and any(
            isinstance(coding, Mapping) and _is_coding(coding, condition)
            for _, coding in _list_elements("", value.get("coding") or [])
        ):
            return True
    return False


def _is_coding(coding: Mapping[str, Json], condition: str) -> bool:
    """Whether a coding has this code; a code of a system may come without its system, but not with another."""
    system, _, code = condition.rpartition("|")
    is_system = not system or str(coding.get("system") or system).lower() == system
    return is_system and str(coding.get("code", "")).lower() == code


def _node_text(kind: str, node: Json, answers: Mapping[str, str], resolve: Resolve) -> str | None:
    if node is None or isinstance(node, list):
        return None
    if isinstance(node, bool):
        return "true" if node else "false"
    if not isinstance(node, Mapping):
        return str(node).strip() or None
    if kind == "absent":
        return f"missing: {_concept_text(node, {}) or 'unknown'}"
    if isinstance(node.get("reference"), str):
        return resolve(node["reference"])
    if "coding" in node or ("code" in node and "value" not in node):
        return _concept_text(node, answers)
    if "low" in node or "high" in node:
        bounds = [_node_text("", node.get(end) or {}, answers, resolve) or "" for end in ("low", "high")]
        return " - ".join(bounds)
    if "value" in node:
        return _quantity_text(node)
    if isinstance(node.get("text"), str):
        return str(node["text"]).strip() or None
    # What is there and cannot be read is not the same as nothing.
    return f"[{kind}]" if kind not in ("", "quantity") and any(node.values()) else None


def _quantity_text(node: Mapping[str, Json]) -> str | None:
    if node["value"] is None:
        return None
    unit = str(node.get("unit") or node.get("code") or "").strip()
    shown = "" if unit.lower() in NO_UNIT or str(node.get("code", "")).lower() in NO_UNIT - {""} else f" {unit}"
    return f"{node.get('comparator', '')}{node['value']}{shown}"


def _concept_text(node: Mapping[str, Json], answers: Mapping[str, str]) -> str | None:
    """The number of an answer where it has one, else the meaning of its code, else the code, else the text."""
    codings = [one for _, one in _list_elements("", node.get("coding") or node) if isinstance(one, Mapping)]
    for holder in (node, *codings):
        for _, extension in _list_elements("", holder.get("extension") or []):
            if isinstance(extension, Mapping) and ORDINAL in str(extension.get("url", "")).lower():
                return str(extension.get("valueDecimal", extension.get("valueInteger", "")))
    codes = [str(one["code"]).strip() for one in codings if one.get("code")]
    known = [answers[code] for code in codes if code in answers]
    if known or codes:
        return (known or codes)[0]
    shown = [str(one["display"]).strip() for one in codings if one.get("display")]
    return str(node.get("text") or "").strip() or BETWEEN.join(shown) or None
