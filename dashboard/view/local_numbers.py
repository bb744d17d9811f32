"""The senders' own numbers beside random keys, for readers who may see them. Read anew each time: nothing is kept."""

import pandas as pd

from dashboard.access.rights import Viewer, require, requires
from data.home import Home
from queries.explain.local_numbers import numbers_of_keys


@requires("local_numbers")
def local_numbers(reader: Viewer, home: Home, records: pd.DataFrame) -> pd.DataFrame:
    """The numbers of procedures and their patients, indexed by `procedure_id`; empty text where none is known.

    `records`: `procedure_id`, `patient_key`, `site`. Columns: `procedure_number`, `patient_number`. `AccessDenied`
    unless the reader has the right for every site among them; `StorageProblem` says when the numbers are not here.
    """
    for site in records["site"].fillna("").unique():
        require("local_numbers", site, reader=reader)
    keys, people = ([str(key) for key in records[name]] for name in ("procedure_id", "patient_key"))
    numbers = numbers_of_keys(home, [*keys, *people])
    return pd.DataFrame(
        {
            "procedure_number": [numbers.get(key, "") for key in keys],
            "patient_number": [numbers.get(key, "") for key in people],
        },
        index=pd.Index(keys, name="procedure_id"),
    )
