"""What must be so before the server starts. It refuses to start otherwise, and says why in a line."""

import os
import stat
import sys

from streamlit import get_option

from dashboard.access.requests.headers import BADGE_HEADER, is_secure
from dashboard.access.settings import LOOPBACK, SIGN_IN_WAYS, THIS_COMPUTER, access_settings, way_in
from dashboard.access.way_check import check_way, has_real_records
from data.errors import OutcomesError, UsageProblem
from data.home import department_home

# What the running app writes is its owner's alone.
PRIVATE = 0o077
REQUIRED = {
    "client.showErrorDetails": "none",
    "client.disableDataExport": True,
    "server.headless": True,
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.enableAgentApi": False,
    "server.enableStaticServing": False,
    "server.scriptHealthCheckEnabled": False,
    "server.unsafeMetricsUserAttributes": [],
    "server.trustedUserHeaders": {BADGE_HEADER.decode(): "outcomes_badge"},
    "global.developmentMode": False,
    "browser.gatherUsageStats": False,
    "logger.enableRich": False,
}


def check_start() -> None:
    """Refuse to start what would not be safe: one line on standard error, exit code 2."""
    try:
        _check_options()
        _check_address()
        check_way()
        _check_home()
        os.umask(PRIVATE)
    except OutcomesError as error:
        sys.stderr.write(f"Not started. {error}\n")
        sys.exit(error.exit_code)


def _check_options() -> None:
    for name, wanted in REQUIRED.items():
        if get_option(name) != wanted:
            raise UsageProblem(name, f"must be {str(wanted).lower()}", "Take your own value away and start again")
    hosts = [str(one) for one in get_option("server.allowedHosts")]
    if not hosts or any("*" in one for one in hosts):
        raise UsageProblem("server.allowedHosts", "must list this server's names", "Name each host")
    others = [one for one in hosts if one.strip("[]").lower() not in LOOPBACK]
    if others and not is_secure():
        raise UsageProblem(
            f"server.allowedHosts {others[0]}",
            "others would send passwords and see figures without TLS",
            'Let a proxy with TLS stand in front and give public_address = "https://…" in access.toml',
        )
    if os.environ.get("FORWARDED_ALLOW_IPS"):
        raise UsageProblem("FORWARDED_ALLOW_IPS", "would let others say where they come from", "Unset it")


def _check_address() -> None:
    address = get_option("server.address")
    if address in LOOPBACK:
        return
    if way_in() not in SIGN_IN_WAYS:
        raise UsageProblem(
            f"server.address {address or 'not set'}",
            "without sign-in the app answers to this computer only",
            "Set it to 127.0.0.1, or choose a way to sign in (docs/access.md)",
        )
    if not (get_option("server.sslCertFile") or access_settings().tls_ends_at):
        raise UsageProblem(
            f"server.address {address or 'not set'}",
            "others would send passwords and see figures without TLS",
            "Set it to 127.0.0.1 behind a proxy of this machine, or name the proxies that end TLS: public_address and "
            "tls_proxies in access.toml",
        )


def _check_home() -> None:
    """The records of the one who starts the app, closed to the other users of the computer."""
    folders = [
        one
        for one in (
            department_home().root,
            department_home().generations,
            department_home().private,
            department_home().archive,
            department_home().exports,
        )
        if one.is_dir()
    ]
    for folder in folders:
        if way_in() == THIS_COMPUTER and folder.stat().st_uid != os.getuid():
            raise UsageProblem(
                str(folder), "it belongs to another user", "Start the app as that user, or give people accounts"
            )
    is_open = [bool(folder.stat().st_mode & stat.S_IRWXO) for folder in folders]
    if folders and is_open[0] and any(is_open[1:]) and has_real_records():
        raise UsageProblem(
            str(folders[0]), "every user of this computer can read these records", f"Run: chmod -R o= {folders[0]}"
        )
