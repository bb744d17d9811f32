"""What no recomputation reads: the same metrics in every file, and one and the same heading on all figures."""

from collections.abc import Iterator

import pandas as pd

from dashboard.exports.reconcile.bundle_files import Bundle

# One value in all of figures.csv, and one for all figures of a metric.
OF_ALL_FIGURES = ("as_of", "audience", "suppressed")
OF_A_METRIC = ("statistic", "unit", "interval_method")
BASELINE = "baseline"


def label_problems(bundle: Bundle) -> list[str]:
    """One sentence for each file whose words do not fit the others."""
    return [*_check_metrics(bundle), *_check_headings(bundle), *_check_assignments(bundle)]


def _check_metrics(bundle: Bundle) -> Iterator[str]:
    """Every file has the metrics of the manifest, in the versions of the manifest."""
    versions = bundle.manifest["definitions"]
    for name in ("definitions", "metric_values", "figures", "exclusions"):
        found = set(bundle.tables[name]["metric"])
        # No procedure, no answer; single procedures have no figures; not every metric leaves somebody out.
        differing = found - set(versions) if name == "exclusions" or not found else found ^ set(versions)
        if differing:
            yield f"{name}.csv: {len(differing)} metrics are not those of the manifest"
    for name, column in (("definitions", "version"), ("figures", "definition_version")):
        table = bundle.tables[name]
        if (table["metric"].map(versions) != table[column]).any():
            yield f"{name}.csv: versions of definitions are not those of the manifest"


def _check_headings(bundle: Bundle) -> Iterator[str]:
    """Figures are of the manifest's generation and filters, and those of a metric are of one kind."""
    figures = bundle.tables["figures"]
    for name in ("generation", "filters"):
        if (_cell_words(figures[name]) != bundle.manifest[name]).any():
            yield f"figures.csv: {name} is not that of the manifest"
    for name in OF_ALL_FIGURES:
        if figures[name].nunique(dropna=False) > 1:
            yield f"figures.csv: not all have the same {name}"
    for name in OF_A_METRIC:
        if (figures.groupby("metric")[name].nunique(dropna=False) > 1).any():
            yield f"figures.csv: not all of a metric have the same {name}"
    units = bundle.tables["definitions"].set_index("metric")["unit"]
    if (_cell_words(figures["metric"].map(units)) != _cell_words(figures["unit"])).any():
        yield "figures.csv: a unit is not that of its definition"


def _check_assignments(bundle: Bundle) -> Iterator[str]:
    """A score is used at a timepoint, or at none with another reason."""
    rows = bundle.tables["score_assignments"]
    if ((rows["reason"] == "used") != rows["timepoint"].notna()).any():
        yield "score_assignments.csv: a score is used at no timepoint, or has one and is not used"
    known = {BASELINE, *bundle.tables["pain_outcomes"]["timepoint"]}
    if set(rows["timepoint"].dropna()) - known:
        yield "score_assignments.csv: a timepoint is none of those of pain_outcomes.csv"


def _cell_words(cells: pd.Series) -> pd.Series:
    return cells.astype(object).where(cells.notna(), "").astype(str)
