"""What comes along is pinned by hash, and the files for containers say what they are."""

import re

import yaml

from data.home import PROJECT

DEPLOYMENT = PROJECT / "docs" / "deployment"
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^ \\\n]+)", re.MULTILINE)


def folded(pins: list[tuple[str, str]]) -> dict[str, str]:
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pins}


def test_every_pin_has_its_hashes_and_no_other_is_there() -> None:
    text = (DEPLOYMENT / "requirements-hashed.txt").read_text(encoding="utf-8")
    pinned = folded(PIN.findall((PROJECT / "requirements.txt").read_text(encoding="utf-8")))
    assert folded(PIN.findall(text)) == pinned, "run `make hashes`"
    for block in re.split(r"\n(?=[A-Za-z])", text.split("\n", 1)[1]):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.splitlines()[0]
    assert "--index" not in text
    assert "/" not in re.sub(r"#.*", "", text)


def test_the_container_is_marked_untested_and_runs_as_nobody_special() -> None:
    lines = (DEPLOYMENT / "Containerfile").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# UNTESTED")
    instructions = [line.split(" ", 1)[0] for line in lines if line and not line.startswith(("#", " "))]
    known = {"FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "EXPOSE", "HEALTHCHECK", "CMD"}
    assert set(instructions) <= known
    assert instructions[0] == "FROM"
    assert instructions.index("USER") < instructions.index("CMD")
    for line in lines:
        if line.startswith("COPY "):
            source = line.split()[1]
            assert source.startswith("build/") or (PROJECT / source).exists(), source


def test_no_records_or_secrets_come_into_an_image() -> None:
    """What git leaves out below a folder that the image copies is left out of the image too."""
    ignored = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [line.removeprefix("!") for line in ignored if line.startswith("!")]
    assert ignored[1] == "*"
    for line in (DEPLOYMENT / "Containerfile").read_text(encoding="utf-8").splitlines():
        if line.startswith("COPY "):
            assert line.split()[1].removeprefix("./") in copied
    for line in (PROJECT / ".gitignore").read_text(encoding="utf-8").splitlines():
        path = line.strip("/")
        if path.split("/")[0] in copied:
            assert path in ignored, path
            assert ignored.index(path) > ignored.index("!" + path.split("/")[0]), path


def test_the_compose_file_is_read_and_closed() -> None:
    text = (DEPLOYMENT / "compose.yaml").read_text(encoding="utf-8")
    assert text.startswith("# UNTESTED")
    app = yaml.safe_load(text)["services"]["app"]
    assert app["read_only"] is True
    assert app["cap_drop"] == ["ALL"]
    assert app["ulimits"] == {"core": 0}
