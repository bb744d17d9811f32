"""The first run of an empty installation: three steps, each a button or a command that works."""

import subprocess
import sys

import streamlit as st

from dashboard.access.rights import AccessDenied, viewer
from dashboard.access.settings import SIGN_IN_WAYS, way_in
from data.errors import StorageProblem
from data.home import PROJECT, department_home

PATIENCE_SECONDS = 300


def greet_first_run() -> None:
    """What an empty installation shows."""
    st.title("Nothing has been loaded yet", anchor=False)
    st.write(
        "Three steps; commands are for the folder of this program, after `source .venv/bin/activate`. "
        "This page follows at its next click."
    )
    with st.container(border=True, key="step_demo"):
        st.header("1. Look around in a synthetic department", anchor=False)
        st.write("About 1,200 invented procedures at two sites: nobody's records. It goes away when you load your own.")
        if may_build() and st.button("Try the synthetic department", type="primary", key="try_demo"):
            with st.spinner("Inventing two and a half years of records …"):
                build_demo()
            st.rerun()
        _command_block("python -m etl demo")
    with st.container(border=True, key="step_map"):
        st.header("2. Try your own file", anchor=False)
        st.write(
            "A file in the canonical columns (templates and a guide lie in `data/sample`) is read as it is. For any "
            "other, the second command writes a proposal of which column means what, to be finished by hand "
            "(`docs/sources.md`). Nothing is kept."
        )
        _command_block(
            "python -m etl check FILE --timezone America/Chicago\npython -m etl map FILE --out my_hospital.toml"
        )
    with st.container(border=True, key="step_load"):
        st.header("3. Load it", anchor=False)
        st.write("Every row is loaded, or rejected with its reason. Real records are shown to this computer's user by:")
        _command_block("python -m etl load FOLDER --timezone America/Chicago\nOUTCOMES_ACCESS=this-computer make run")


def _command_block(text: str) -> None:
    """A command to copy; long ones wrap, so that a phone shows them whole."""
    st.code(text, None, wrap_lines=True)


def may_build() -> bool:
    """Whether whoever looks sits at this computer, where nobody has to sign in."""
    if way_in() in SIGN_IN_WAYS:
        return False
    try:
        viewer(is_synthetic=True)
    except AccessDenied:
        return False
    return True


def build_demo() -> None:
    """Build the synthetic department, as the command does. `StorageProblem` when that fails."""
    if not may_build() or department_home().has_generation:
        return
    done = subprocess.run(
        [sys.executable, "-m", "etl", "demo"],
        cwd=PROJECT, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    if done.returncode != 0:
        told = done.stderr.strip().splitlines()
        raise StorageProblem(
            "synthetic department",
            told[-1] if told else "it could not be built",
            "Run `python -m etl demo` to see more",
        )
