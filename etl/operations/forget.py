"""Erasing a person: from the archive, the generations, the identities and the words that people wrote.

The order makes an interrupted erasure safe to run again: first the person is on the list of those who must not come
back, then new files stand beside the old ones, then the old ones go.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from data.errors import UsageProblem
from data.home import Home
from data.journal import Journal
from etl.build.cache import StagedCache
from etl.generations import file_archive, identities
from etl.generations.file_archive import Incoming, content_hash
from etl.generations.lineage import list_published
from etl.generations.manifest import Delivery, Manifest, manifest_path
from etl.generations.publish import current_manifest, hash_of, point_to, retain_generations, signed_off
from etl.load import Progress, build_from
from etl.redaction import erasure_in_progress, excluded_people
from etl.redaction.archived_readings import Readings
from etl.redaction.erasure_in_progress import Erasure
from etl.redaction.number_spelling import near_numbers
from etl.redaction.person_numbers import Numbers
from etl.redaction.personal_rows import all_of
from etl.redaction.redact_file import redact_file
from etl.redaction.search_home import Evidence, Needles, hits_in, search_home
from etl.sources.canonical import ENTERED

Key = tuple[str, str]
BUNDLE = "[0-9a-f]" * 32 + ".zip"


@dataclass(kw_only=True)
class Certificate:
    """What an erasure did. `rebuilt` = generation before → generation now, of those signed off.

    `near` counts other numbers of the source that differ from it only in blanks, dashes, case or leading zeros;
    `backups` are the copies that were ever made: what they hold is out of reach.
    """

    source: str
    rows: int = 0
    files: list[str] = field(default_factory=list)
    rebuilt: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    words: int = 0
    near: int = 0
    backups: list[str] = field(default_factory=list)
    generation: str | None = None
    evidence: Evidence = field(default_factory=lambda: Evidence(0, {}))


def forget_patient(home: Home, number: str, source: str | None, progress: Progress) -> Certificate:
    """Erase a patient by the sender's number. The caller holds the lock. `UsageProblem` when nobody has it.

    One that was interrupted is ended first.
    """
    begun = erasure_in_progress.read_erasure(home)
    if begun is not None:
        progress("ending the erasure that was interrupted")
        done = _erase_everywhere(home, begun, Readings(home), progress)
        if number in begun.numbers.people and source in (None, begun.source):
            return done
    readings = Readings(home)
    chosen = _source_of(home, number, source, readings, progress)
    own = _deliveries_of_source(home, chosen)
    progress("looking for all that the person is called by")
    people = Numbers(frozenset(_patients_of_number(own, number, readings)))
    numbers = all_of(lambda: (reading for _, reading in readings.each(own)), people)
    done = _erase_everywhere(home, Erasure(chosen, numbers), readings, progress)
    done.near = len(near_numbers(number, identities.patients_of(home, chosen)) - numbers.patients)
    return done


def _erase_everywhere(home: Home, erasure: Erasure, readings: Readings, progress: Progress) -> Certificate:
    """All steps, of which each may already have been taken."""
    source, numbers = erasure.source, erasure.numbers
    certificate = Certificate(source=source)
    keys = identities.keys_of_numbers(home, source, numbers.people, numbers.procedures)
    erasure = replace(erasure, keys=erasure.keys | keys)
    erasure_in_progress.begin_erasure(home, erasure)
    excluded_people.save_exclusions(home, excluded_people.begin_exclusions(home).of(source, numbers))
    hashes = _redact_archive(home, numbers, readings, certificate, progress, keys=erasure.keys)
    readings.close()
    erasure = replace(erasure, replaced=erasure.replaced | {sha256 for _, sha256 in hashes})
    erasure_in_progress.begin_erasure(home, erasure)
    certificate.words = Journal(home.journal).erase_words(erasure.keys, Needles(numbers.all).in_value)
    identities.remove_numbers(home, source, numbers.people, numbers.procedures)
    _rebuild_generations(home, hashes, certificate, progress)
    _remove_leftovers(home, erasure, certificate)
    erasure_in_progress.end_erasure(home)
    certificate.backups = [event.subject for event in Journal(home.journal).events("backup")]
    progress("searching")
    certificate.evidence = _search_evidence(home, erasure, set(hashes.values()))
    return certificate


def _search_evidence(home: Home, erasure: Erasure, made: Collection[str]) -> Evidence:
    """Every file searched; and what was made of archived files read once more, as for 123 stored for 0000123."""
    found = search_home(home, erasure.numbers.all)
    left = {}
    again = {key: one for key, one in _deliveries_of_source(home, erasure.source).items() if one.sha256 in made}
    readings = Readings(home)
    for (_, sha256), reading in readings.each(again):
        redacted = redact_file(reading, erasure.numbers)
        if redacted is not None:
            left[f"archive/{sha256[:2]}/{sha256}"] = max(redacted.rows, 1)
    readings.close()
    return Evidence(found.files, found.hits | left)


def _read_manifests(home: Home) -> dict[str, Manifest]:
    """The manifest of every published file, by its name; also of one whose file is gone, as after an interruption."""
    folder = home.manifests
    found = {}
    for path in sorted(folder.glob("gen-*.json")):
        found[path.with_suffix(".duckdb").name] = Manifest.from_json(path.read_text(encoding="utf-8"))
    return found


def _deliveries_of_source(home: Home, source: str | None = None) -> dict[Key, Delivery]:
    """(source, hash) → a delivery of any generation, of one source or of all."""
    manifests = _read_manifests(home).values()
    deliveries = (one for manifest in manifests for one in manifest.deliveries)
    return {(one.source, one.sha256): one for one in deliveries if source in (None, one.source)}


def _source_of(home: Home, number: str, source: str | None, readings: Readings, progress: Progress) -> str:
    """The sending system whose number it is. Hospitals that share numbers must say which is meant."""
    known = set(identities.sources_of(home, number))
    deliveries = _deliveries_of_source(home, source)
    alike = 0
    progress("looking for the number")
    for (name, _), reading in readings.each({key: one for key, one in deliveries.items() if key[0] not in known}):
        if reading.knows(number):
            known.add(name)
        alike += len(near_numbers(number, reading.patients() | set(reading.known_as())))
    excluded = excluded_people.read_exclusions(home)
    names = {name for name in known if source in (None, name)} | {
        name for name, _ in deliveries if any(excluded.among(name, kind, [number]) for kind in ("patient", "known_as"))
    }
    if not names:
        raise UsageProblem(
            "forget",
            "no sender has a patient of this number"
            + (f"; {alike} differ from it only in blanks, dashes, case or leading zeros" if alike else ""),
            "Check the number, as the sender writes it, and the --source",
        )
    if len(names) > 1:
        raise UsageProblem(
            "forget", f"the number is known to {', '.join(sorted(names))}", "Say which one is meant with --source"
        )
    return names.pop()


def _patients_of_number(deliveries: dict[Key, Delivery], number: str, readings: Readings) -> set[str]:
    """The patients whose number it is: one, by their own number, else by another that they are known as."""
    found: set[str] = set()
    for _, reading in readings.each(deliveries):
        if reading.has_patient(number):
            return {number}
        found |= reading.known_as().get(number, set())
    if len(found) > 1:
        raise UsageProblem(
            "forget", f"{len(found)} patients go by this number", "Type the number that the sender's rows name them by"
        )
    return found or {number}


def _redact_archive(
    home: Home,
    numbers: Numbers,
    readings: Readings,
    certificate: Certificate,
    progress: Progress,
    *,
    keys: Collection[str],
) -> dict[Key, str]:
    """Put redacted files beside the old ones, also of scores entered under the keys; (source, hash before) → now."""
    hashes = {}
    own = _deliveries_of_source(home, certificate.source) | _deliveries_of_source(home, ENTERED)
    for key, reading in readings.each(own):
        name = reading.delivery.name
        progress(f"redacting {name}")
        made = redact_file(reading, Numbers(frozenset(keys)) if key[0] == ENTERED else numbers)
        if made is not None:
            hashes[key] = content_hash(made.content)
            file_archive.keep_file(home, Incoming(Path(name), made.content, True))
            certificate.files.append(name)
            certificate.rows += made.rows
    return hashes


def _rebuild_generations(home: Home, hashes: dict[Key, str], certificate: Certificate, progress: Progress) -> None:
    """Build the generation in service and every signed-off one without the person; remove all others that had them."""
    held = {
        name: manifest
        for name, manifest in _read_manifests(home).items()
        if any((one.source, one.sha256) in hashes for one in manifest.deliveries)
    }
    if not held:
        return
    current = home.current.read_text(encoding="utf-8").strip()
    signed = signed_off(home)
    for name, manifest in held.items():
        if hash_of(name) in signed and name != current:
            certificate.rebuilt[hash_of(name)] = hash_of(_build_manifest(home, manifest.redacted(hashes), progress))
    if current in held:
        made = certificate.generation = _build_manifest(home, current_manifest(home).redacted(hashes), progress)
        point_to(home, made)
        retain_generations(home)
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


def _build_manifest(home: Home, manifest: Manifest, progress: Progress) -> str:
    """The published file of a manifest: one that was built before an interruption, else a new one."""
    there = [name for name in list_published(home) if hash_of(name) == manifest.generation]
    return there[0] if there else build_from(home, manifest, progress, in_service=False)


def _remove_leftovers(home: Home, erasure: Erasure, certificate: Certificate) -> None:
    """Remove files as received and their copies in the inbox; and what may hold rows under no number to search for.

    Reports of mistakes may quote any row, bundles may name a person by a number of their own.
    """
    manifests = _read_manifests(home).values()
    used = {sha256 for manifest in manifests for sha256 in manifest.contents}
    needles = Needles(erasure.numbers.all)
    for path in home.archive.glob("??/*"):
        if path.name not in used and (path.name in erasure.replaced or hits_in(path, needles)):
            path.unlink()
    known = {one.first_sha256 for manifest in manifests for one in manifest.deliveries}
    for path in home.inbox.iterdir():
        if path.is_file() and not path.is_symlink() and content_hash(path.read_bytes()) in known:
            path.unlink()
            certificate.files.append(f"inbox/{path.name}")
    for path in (
        *home.private.glob("error-*.txt"), *home.private.glob("error-*.part"), *home.exports.glob(BUNDLE),
        *home.exports.glob(".*.part"),
    ):  # fmt: skip
        path.unlink()
        certificate.files.append(path.relative_to(home.root).as_posix())
    StagedCache(home).retain(current_manifest(home))
