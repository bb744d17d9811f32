"""The load from files to a published generation: find, archive, build, publish. Each step is a file of its own."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from data.errors import FileRefused
from data.home import Home
from etl.build.build import Build, OpenContent, Progress, Refusal
from etl.build.cache import StagedCache
from etl.entered_scores import entered_files
from etl.generations import file_archive, identities
from etl.generations.file_archive import Contents, Incoming
from etl.generations.manifest import Delivery, Manifest
from etl.generations.publish import current_manifest, in_service, keep_build, open_build, publish_build
from etl.live_queries import fetch_answers
from etl.load_terms import LoadResult, Terms
from etl.lookup_files import hold_codes
from etl.readers.fhir.bulk_manifest import BulkExport, has_manifests
from etl.redaction import excluded_people
from etl.redaction.excluded_people import Exclusions
from etl.redaction.screen_new_files import screen_files
from etl.sources import read_source, source_files
from etl.sources.canonical import ENTERED
from etl.sources.lookups import lookups_of
from queries.warehouse import current_path

LARGEST_COMPANION = 20_000_000
ARCHIVE = b"PK\x03\x04"
# The sheets of a workbook are numbered as files of their own; more are never read.
ROOM_OF_A_WORKBOOK = 1_000


@dataclass(frozen=True)
class Intake:
    """Files sorted by what to do with them, before anything is built."""

    manifest: Manifest
    contents: Contents
    new: set[int]
    result: LoadResult

    def opener(self, home: Home) -> OpenContent:
        """How a build gets at content: what was just read, else the archive."""

        def open_content(sha256: str) -> bytes:
            return self.contents.read(sha256) if sha256 in self.contents else file_archive.read_archived(home, sha256)

        return open_content


def take_in(home: Home, manifest: Manifest, paths: Iterable[Path], terms: Terms, progress: Progress) -> Intake:
    """Read the files and add those that are new to the manifest, with what was entered; nothing is written."""
    result = LoadResult()
    contents = Contents()
    new: set[int] = set()
    hashes = {name: read_source(name).sha256 for name in {one.source for one in manifest.deliveries}}
    manifest = manifest.with_mappings(hashes)
    files = list(file_archive.find_files(paths))
    export = BulkExport(has_manifests({mapping.reader.kind for mapping in terms.source.file}))
    asked = [] if files else fetch_answers(terms.source)
    companion = _companion_hash(files, terms, contents, result) or manifest.companion_of(terms.source.name)
    if terms.source.lookup:
        before = file_archive.read_archived(home, companion) if companion else None
        companion = _lookup_hash(files, terms, contents, result, before) or companion
    for path, named in files:
        if path.name in result.companions:
            continue
        name = file_archive.shown_name(path)
        progress(f"opening {name}")
        delivery = _make_delivery(name, str(path.parent.resolve()), terms, companion)
        try:
            incoming = file_archive.read_file(path, named)
            if export.is_manifest(name, incoming.content):
                continue
            is_none_of_ours = not named or source_files.is_other_table(terms.source, incoming.content)
            if is_none_of_ours and not source_files.takes_file(terms.source, name, incoming.content):
                result.ignored.append(name)
                continue
        except FileRefused as error:
            result.refused.append(Refusal(delivery, error))
            continue
        manifest = _add_delivery(manifest, delivery, incoming=incoming, contents=contents, new=new, result=result)
    result.remarks += export.remarks()
    for answer in asked:
        delivery = _make_delivery(answer.path.name, "", terms, companion)
        manifest = _add_delivery(manifest, delivery, incoming=answer, contents=contents, new=new, result=result)
        contents.hold(answer)
    for name, zone, content in entered_files(home, manifest):
        by_staff = replace(terms, source=read_source(ENTERED), zone=zone)
        delivery = _make_delivery(name, "", by_staff, "")
        incoming = Incoming(Path(name), content, True)
        manifest = _add_delivery(manifest, delivery, incoming=incoming, contents=contents, new=new, result=result)
        contents.hold(incoming)
    return Intake(manifest, contents, new, result)


def _make_delivery(name: str, folder: str, terms: Terms, companion: str) -> Delivery:
    source = terms.source
    read_name = name if source.reads_names else ""
    return Delivery(
        sequence=0,
        sha256="",
        source=source.name,
        mapping_sha256=source.sha256,
        time_zone=terms.zone,
        received_at=terms.received_at,
        name=name,
        folder=folder,
        companion=companion,
        read_name=read_name,
    )


def _companion_hash(files: Iterable[tuple[Path, bool]], terms: Terms, contents: Contents, result: LoadResult) -> str:
    """The hash of the file among these that says what the codes of the others mean; empty when there is none."""
    found = ""
    for path, named in files:
        if (
            not source_files.has_companions(terms.source)
            or not path.is_file()
            or path.stat().st_size > LARGEST_COMPANION
        ):
            continue
        incoming = file_archive.read_file(path, named)
        if source_files.is_companion(terms.source, incoming.content):
            result.companions.append(path.name)
            contents.found(incoming)
            found = incoming.sha256
    return found


def _lookup_hash(
    files: Iterable[tuple[Path, bool]], terms: Terms, contents: Contents, result: LoadResult, before: bytes | None
) -> str:
    """The hash of the codes that came along, with those of before that did not; empty when none came."""
    paths = [path for path, _ in files if lookups_of(terms.source, path.name)]
    result.companions += [path.name for path in paths]
    try:
        return hold_codes(terms.source, paths, contents, before)
    except FileRefused as error:
        result.refused.append(Refusal(_make_delivery(error.where.split(",")[0], "", terms, ""), error))
        return ""


def _add_delivery(
    manifest: Manifest,
    delivery: Delivery,
    *,
    incoming: Incoming,
    contents: Contents,
    new: set[int],
    result: LoadResult,
) -> Manifest:
    known = manifest.find(incoming.sha256, delivery.source)
    if known and (known.mapping_sha256, known.time_zone, known.companion, known.read_name) == (
        delivery.mapping_sha256,
        delivery.time_zone,
        delivery.companion,
        delivery.read_name,
    ):
        result.known.append(delivery.name)
        return manifest
    contents.found(incoming)
    room = ROOM_OF_A_WORKBOOK if incoming.content.startswith(ARCHIVE) else 1
    manifest = manifest.with_delivery(replace(delivery, sha256=incoming.sha256, room=room))
    added = manifest.find(incoming.sha256, delivery.source)
    if added:
        new.add(added.sequence)
    return manifest


def _screen_intake(home: Home, taken: Intake) -> tuple[Intake, Exclusions]:
    """What was taken in, without the rows of erased people."""
    manifest, exclusions = screen_files(
        taken.manifest, taken.contents, taken.new, excluded_people.read_exclusions(home), taken.opener(home)
    )
    return replace(taken, manifest=manifest), exclusions


def load_files(
    home: Home, paths: Iterable[Path], terms: Terms, progress: Progress, before: Manifest | None = None
) -> LoadResult:
    """Take files in, build and publish. The caller holds the lock. Errors leave the old generation in service.

    `before` is what the new files are added to; by default what the generation in service is made of.
    """
    taken = take_in(home, before or current_manifest(home), paths, terms, progress)
    taken, exclusions = _screen_intake(home, taken)
    result = taken.result
    if not taken.manifest.deliveries or (not taken.new and taken.manifest.generation == in_service(home)):
        return result
    with open_build(home) as (path, connection):
        cache = StagedCache(home)
        build = Build(connection=connection, cache=cache)
        build.stage(taken.manifest, taken.new, taken.opener(home), progress)
        build.judge(
            taken.new, terms.accept_rejects, terms.strict, progress, terms.accept_shrink,
            accept_replaced=terms.accept_replaced, accept_surprises=terms.accept_surprises,
        )  # fmt: skip
        result.refused += build.refused
        manifest = build.manifest(taken.manifest)
        if (terms.strict and result.refused) or manifest.generation == in_service(home) or not manifest.deliveries:
            cache.retain(current_manifest(home))
            result.reports = build.reports(taken.new)
            return result
        for sha256 in manifest.contents:
            if sha256 in taken.contents:
                file_archive.keep_file(home, Incoming(Path(sha256), taken.contents.read(sha256), True))
        if exclusions.marks:
            excluded_people.save_exclusions(home, exclusions)
        finish_build(home, build, manifest, progress)
        result.reports = build.reports(taken.new)
        result.generation = publish_build(home, path, connection, manifest)
        cache.retain(manifest)
    return result


def finish_build(home: Home, build: Build, manifest: Manifest, progress: Progress) -> None:
    """Mint keys, fill the tables, and keep the keys before anything refers to them."""
    build.add_identities(identities.identities_file(home))
    build.write_tables(manifest.generation, progress)
    if build.new_identities():
        identities.save_identities(home, build.connection)


def check_files(home: Home, paths: Iterable[Path], terms: Terms, progress: Progress) -> LoadResult:
    """What a load would report; nothing is written anywhere."""
    taken, _ = _screen_intake(home, take_in(home, current_manifest(home), paths, terms, progress))
    result = taken.result

    with duckdb.connect(":memory:", config={"threads": "2", "temp_directory": ""}) as connection:
        build = Build(connection=connection)
        build.stage(taken.manifest, taken.new, taken.opener(home), progress)
        if not taken.new & {one.delivery.sequence for one in build.staged}:
            result.refused += build.refused
            return result
        build.judge(taken.new, accept_rejects=False, strict=False, progress=progress)
        result.refused += build.refused
        build.add_identities(identities.identities_file(home))
        build.write_tables(build.manifest(taken.manifest).generation, progress)
        result.reports = build.reports(taken.new)
    return result


def rebuild_generation(home: Home, progress: Progress) -> str:
    """Build the generation in service anew from the archive, with this code and these settings, and publish it.

    `NoGeneration` where nothing was ever loaded.
    """
    if not home.has_generation:
        current_path(home)
    return build_from(home, current_manifest(home), progress, in_service=True)


def build_from(home: Home, manifest: Manifest, progress: Progress, in_service: bool) -> str:
    """Build a generation of archived files, put it among the published ones or into service, and give its file name."""
    with open_build(home) as (path, connection):
        build = Build(connection=connection)
        build.stage(manifest, set(), lambda sha256: file_archive.read_archived(home, sha256), progress)
        build.judge(set(), accept_rejects=True, strict=False, progress=progress, accept_shrink=True)
        finish_build(home, build, manifest, progress)
        return (
            publish_build(home, path, connection, manifest)
            if in_service
            else keep_build(home, path, connection, manifest)
        )
