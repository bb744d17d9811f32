"""Whether the way in fits what is loaded: asked by the start of the server, and by the doctor without one."""

from dashboard.access.settings import ACCESS_VARIABLE, OPEN, SIGN_IN_WAYS, access_settings, read_secret, way_in
from data.errors import NoGeneration, UsageProblem
from data.home import department_home


def check_way() -> None:
    """`UsageProblem` where the way in is not as it must be: above all, real records that nobody may see."""
    chosen = access_settings()
    if chosen.public_address and way_in() not in SIGN_IN_WAYS:
        raise UsageProblem("access.toml, public_address", "others could come in without sign-in", "Choose a way")
    if chosen.way == "oidc":
        read_secret("OUTCOMES_OIDC_CLIENT_SECRET", chosen.oidc.client_secret_file)
    if chosen.way == "proxy":
        read_secret("OUTCOMES_PROXY_SECRET", chosen.proxy.secret_file)
    if way_in() == OPEN and has_real_records():
        raise UsageProblem(
            "access",
            "real records are loaded, and nobody has been given access to them",
            f"Add people with `python -m dashboard user add NAME --role ROLE`, or choose {ACCESS_VARIABLE}=oidc or "
            f"proxy; if you alone use this computer, start with {ACCESS_VARIABLE}=this-computer",
        )


def has_real_records() -> bool:
    """Whether the department's own home holds a generation that is not synthetic, or that cannot be opened."""
    if not department_home().has_generation:
        return False
    from queries.warehouse import open_current  # noqa: PLC0415 - the database, which no start should wait for

    try:
        return not open_current(department_home()).info.is_synthetic
    except NoGeneration:
        return True
