"""Erasing a person: from the archive, the generations, the identities and the words that people wrote.

The order makes an interrupted erasure safe to run again: first the person is on the list of those who must not come
back, then new files stand beside the old ones, then the old ones go.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from data import Home
from data.journal import Journal
from etl import exclusion, identities, intake
from etl.intake import Incoming, content_hash
from etl.load import Progress, build_from
from etl.manifest import Delivery, Manifest, manifest_path
from etl.publish import current_manifest, hash_of, signed_off
from etl.redaction import Numbers, Reading
from etl.search import Evidence, Needles, hits_in, search
from etl.sources import read_source
from etl.staged_cache import StagedCache
from queries.errors import UsageProblem

Key = tuple[str, str]


@dataclass
class Certificate:
    """What an erasure did. `rebuilt` = generation before → generation now, of those signed off."""

    source: str
    rows: int = 0
    files: list[str] = field(default_factory=list)
    rebuilt: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    words: int = 0
    generation: str | None = None
    evidence: Evidence = field(default_factory=lambda: Evidence(0, {}))


def forget(home: Home, number: str, source: str | None, progress: Progress) -> Certificate:
    """Erase a patient by the sender's number. The caller holds the lock. `UsageProblem` when nobody has it."""
    manifests = _manifests(home)
    deliveries = {(one.source, one.sha256): one for manifest in manifests.values() for one in manifest.deliveries}
    chosen = _source_of(home, number, source, deliveries.values(), progress)
    own = {key: one for key, one in deliveries.items() if key[0] == chosen}
    numbers = _numbers(home, own.values(), number, progress)
    certificate = Certificate(chosen)
    keys = identities.keys(home, chosen, numbers.patients, numbers.procedures)

    excluded = exclusion.begin(home).having(chosen, "patient", numbers.patients)
    exclusion.save(home, excluded.having(chosen, "procedure", numbers.procedures))
    hashes = _redact(home, own, numbers, certificate, progress)
    certificate.words = Journal(home.journal).erase_words(
        keys, Needles({*numbers.patients, *numbers.procedures}).in_value
    )
    identities.remove(home, chosen, numbers.patients, numbers.procedures)
    _rebuild(home, manifests, hashes, certificate, progress)
    _remove_leftovers(home, hashes, numbers, certificate)
    progress("searching")
    certificate.evidence = search(home, {*numbers.patients, *numbers.procedures})
    return certificate


def _manifests(home: Home) -> dict[str, Manifest]:
    """The manifest of every published file, by its name; also of one whose file is gone, as after an interruption."""
    folder = home.archive / "manifests"
    found = {}
    for path in sorted(folder.glob("gen-*.json")):
        found[path.with_suffix(".duckdb").name] = Manifest.from_json(path.read_text(encoding="utf-8"))
    return found


def _reading(home: Home, delivery: Delivery) -> Reading:
    companion = intake.archived(home, delivery.companion) if delivery.companion else None
    return Reading(read_source(delivery.source), delivery, intake.archived(home, delivery.sha256), companion)


def _source_of(home: Home, number: str, source: str | None, deliveries: Iterable[Delivery], progress: Progress) -> str:
    """The sending system whose number it is. Hospitals that share numbers must say which is meant."""
    known = set(identities.sources_of(home, number))
    for delivery in deliveries:
        if source in (None, delivery.source) and delivery.source not in known:
            progress(f"looking into {delivery.name}")
            reading = _reading(home, delivery)
            known |= {delivery.source} if number in reading.patients() else set()
            reading.close()
    excluded = exclusion.read(home)
    names = known | {one.source for one in deliveries if excluded.among(one.source, "patient", [number])}
    if source is not None:
        names &= {source}
    if not names:
        raise UsageProblem("forget", "no sender has a patient of this number", "Check the number and the --source")
    if len(names) > 1:
        raise UsageProblem(
            "forget", f"the number is known to {', '.join(sorted(names))}", "Say which one is meant with --source"
        )
    return names.pop()


def _numbers(home: Home, deliveries: Iterable[Delivery], number: str, progress: Progress) -> Numbers:
    """The patient's number with the numbers of all procedures that any file knows."""
    procedures: set[str] = set()
    for delivery in deliveries:
        progress(f"reading {delivery.name}")
        reading = _reading(home, delivery)
        procedures |= reading.procedures_of([number])
        reading.close()
    return Numbers(frozenset({number}), frozenset(procedures))


def _redact(
    home: Home, deliveries: dict[Key, Delivery], numbers: Numbers, certificate: Certificate, progress: Progress
) -> dict[Key, str]:
    """Put redacted files beside the old ones; (source, hash before) → hash now."""
    hashes = {}
    for key, delivery in deliveries.items():
        progress(f"redacting {delivery.name}")
        reading = _reading(home, delivery)
        content = reading.without(numbers)
        if content is not reading.content:
            hashes[key] = content_hash(content)
            intake.keep(home, Incoming(Path(delivery.name), content, True))
            certificate.files.append(delivery.name)
            certificate.rows += sum(len(lines) for lines in reading.lines_of(numbers).values())
        reading.close()
    return hashes


def _rebuild(
    home: Home, manifests: dict[str, Manifest], hashes: dict[Key, str], certificate: Certificate, progress: Progress
) -> None:
    """Build the generation in service and every signed-off one without the person; remove all others that had them."""
    held = {
        name: manifest
        for name, manifest in manifests.items()
        if any((one.source, one.sha256) in hashes for one in manifest.deliveries)
    }
    if not held:
        return
    current = home.current.read_text(encoding="utf-8").strip()
    signed = signed_off(home)
    for name, manifest in held.items():
        if hash_of(name) in signed and name != current:
            made = build_from(home, manifest.redacted(hashes), progress, in_service=False)
            certificate.rebuilt[hash_of(name)] = hash_of(made)
    if current in held:
        made = build_from(home, current_manifest(home).redacted(hashes), progress, in_service=True)
        certificate.generation = made
        if hash_of(current) in signed:
            certificate.rebuilt[hash_of(current)] = hash_of(made)
    Journal(home.journal).append(
        "forget", certificate.source, {"rebuilt": certificate.rebuilt, "generation": certificate.generation}, "etl"
    )
    for name in held:
        (home.generations / name).unlink(missing_ok=True)
        manifest_path(home.archive, name).unlink(missing_ok=True)
        if hash_of(name) not in certificate.rebuilt:
            certificate.removed.append(hash_of(name))


def _remove_leftovers(home: Home, hashes: dict[Key, str], numbers: Numbers, certificate: Certificate) -> None:
    """Remove files as received, their copies in the inbox, and reports of mistakes that quote them."""
    used = {sha256 for manifest in _manifests(home).values() for sha256 in manifest.contents}
    needles = Needles({*numbers.patients, *numbers.procedures})
    for path in home.archive.glob("??/*"):
        if path.name not in used and (path.name in {sha for _, sha in hashes} or hits_in(path, needles)):
            path.unlink()
    known = {one.first_sha256 for manifest in _manifests(home).values() for one in manifest.deliveries}
    for path in home.inbox.iterdir():
        if path.is_file() and not path.is_symlink() and content_hash(path.read_bytes()) in known:
            path.unlink()
            certificate.files.append(f"inbox/{path.name}")
    for path in home.private.glob("error-*.txt"):
        if hits_in(path, needles):
            path.unlink()
    StagedCache(home).retain(current_manifest(home))
