"""What the page on levels says: which rows its charts show, and its sentences."""

import pandas as pd

from dashboard.words import of
from queries.summarise import Row


def answer(vertebrae: pd.DataFrame, several: Row) -> str:
    """The answer of the page on levels."""
    total = int(vertebrae["numerator"].sum())
    if not total:
        return "No treated vertebrae could be read."
    most = vertebrae.loc[vertebrae["numerator"].idxmax()]
    return (
        f"{total:,} vertebrae in {int(several['recorded']):,} procedures; most often {most['category']} "
        f"({int(most['numerator']):,}); {of(several['numerator'], several['recorded'])} had more than one."
    )
