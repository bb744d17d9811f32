"""Why a score is used at no timepoint, in plain words: after "not used because"."""

NOT_USED = {
    "not_nearest": "another score counts, nearer to the time that is asked for",
    "before_window": "it was given too long before the procedure",
    "between_windows": "it lies between two windows",
    "after_last_window": "it was given after the last window",
    "same_day_after": "it was given on the day of the procedure, after the start",
    "ambiguous_same_day": "it was given on the day of the procedure, before or after is not known",
    "after_retreatment": "it was given after the next procedure of the patient",
    "other_context": "it was asked in another way than the score before",
    "window_open": "its window is not over yet",
    "not_recorded": "no pain score was given",
    "no_procedure": "the patient has no procedure at or before it",
}
