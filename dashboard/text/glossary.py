"""Clinical and statistical terms in plain words: listed on the Methods page, explained where they appear."""

import re
from functools import lru_cache

TEXTS_KEPT = 2_000

# Term → (how it appears in text, as a regular expression; what it means).
TERMS: dict[str, tuple[str, str]] = {
    "procedure": (
        r"\bprocedures?\b",
        "One session; one or more vertebrae are treated in it. Figures count procedures.",
    ),
    "vertebra, level": (
        r"\b(vertebrae?|levels?)\b",
        "A bone of the spine: T1 to T12 in the chest, L1 to L5 in the lower back.",
    ),
    "vertebroplasty": (
        r"\b(vertebroplast(y|ies)|kyphoplast(y|ies))\b",
        "Bone cement is injected into a fractured vertebra under x-ray; kyphoplasty first opens it with a balloon.",
    ),
    "thoraco-lumbar": (
        r"\bthorac(ic|o-lumbar)\b",
        "Thoracic: T1 to T9. Thoraco-lumbar: T10 to L2, where chest and lower back meet. Lumbar: L3 to L5.",
    ),
    "day case": (r"\bday cases?\b", "Planned to go home on the day of the procedure."),
    "indication": (r"\bindications?\b", "Why the procedure was done, such as osteoporosis or a metastasis."),
    "sedation": (r"\bsedation\b", "Medicine that relaxes; with light sedation the patient stays awake."),
    "ASA class": (r"\bASA\b", "The anaesthetists' scale of general health, 1 (healthy) to 5."),
    "pain before (baseline)": (
        r"\b(baselines?|pain before|score before|began at)\b",
        "The latest pain score, 0 to 10, in the 30 days before the start.",
    ),
    "RMDQ, ODI": (
        r"\b(RMDQ|ODI)\b",
        "Questionnaires of disability by back pain: Roland-Morris, 0 to 24 (or 23), and Oswestry, 0 to 100; 0 is none.",
    ),
    "EQ-5D": (
        r"\bEQ-5D\b",
        "Health in five questions as one index: 1 is full health, 0 as bad as death, below 0 worse.",
    ),
    "halved their pain": (
        r"\b(halved|halve)\b",
        "Pain fell by at least half of what it was before, of those who began at 4 or more.",
    ),
    "asked and answered (capture)": (
        r"\b(asked and answered|capture)\b",
        "The share of those who could be asked for whom there is an answer.",
    ),
    "n of N": (r"(?<!Page )\b\d[\d,]* of \d[\d,]*\b", "How many, of all for whom it is known or who could count."),
    "95 % interval": (
        r"(95 % (interval|from)|\bintervals?\b|\(\d+–\d+ %\))",
        "The range in which the true figure plausibly lies; wide when few were counted.",
    ),
    "median, half within": (r"\b(median|[Hh]alf (are|of|by|within|have))\b", "Half are below this value, half above."),
    "nine in ten, middle half": (
        r"\b(nine in ten|middle half|quartiles?)\b",
        "Nine of ten are below the end of the line; the middle half leaves out the quickest and the slowest quarter.",
    ),
    "bounds": (
        r"(if every missing|missing could change|possible range)",
        "What the figure would be if every missing patient had answered no, or yes.",
    ),
    "regression to the mean": (
        r"regression to the mean",
        "Who is chosen for a high score will on average score lower the next time.",
    ),
    "sham": (r"\bsham\b", "A pretended procedure without cement; the patient does not know which was done."),
    "change after treatment": (
        r"\b[Cc]hange after (treatment|the procedure)\b",
        "What is different afterwards, for whatever reason; not what the procedure brought about.",
    ),
    "control limits, centre line": (
        r"\b(control limits?|limits|centre line)\b",
        "Lines that chance alone rarely leaves, and the middle of the baseline period.",
    ),
    "more than chance explains": (
        r"\b(more than chance|no change detected|special cause|signal)\b",
        "The rules named on the chart look for runs and single points that chance alone rarely gives.",
    ),
    "Anhøj rules": (
        r"\bAnhøj\b",
        "Two rules: an unusually long run on one side of the centre line, or too few crossings.",
    ),
    "target": (r"\btargets?\b", "A value that the department set itself, with who set it and when."),
    "serious event": (
        r"\b[Ss]erious events?\b",
        "A complication of SIR class C to F or CIRSE grade 3 or more within 30 days.",
    ),
    "SIR class, CIRSE grade": (
        r"\b(SIR|CIRSE)\b",
        "Two scales of how serious a complication is: SIR from A (no consequence) to F (death), CIRSE from 1 to 6.",
    ),
    "cement leak": (
        r"\b[Cc]ement[ _]leaks?\b",
        "Cement outside the vertebra; most are seen on x-ray and never felt.",
    ),
    "cement embolus": (
        r"\b(cement[ _]embol|pulmonary_cement)",
        "Cement that reached the lung through a vein.",
    ),
    "radicular pain": (r"\bradicular[ _]pain\b", "Pain along a nerve that leaves the spine."),
    "exact interval": (
        r"\bClopper\b",
        "Computed without approximation (Clopper and Pearson); somewhat wide, so it does not promise too much.",
    ),
    "CUSUM, evidence": (
        r"(\bCUSUM\b|\bodds\b|come more often than expected)",
        "A sum that climbs at each event and sinks at each case without; its lines are crossed when the odds changed.",
    ),
    "funnel, widened limits": (
        r"(\bfunnel\b|overdispersion)",
        "Limits narrow as cases grow; they are widened where units as a whole differ by more than chance.",
    ),
    "adjusted": (
        r"\b[Aa]djusted\b",
        "Corrected for who is treated, where a page says so. Other figures are not: a difference is a reason to look.",
    ),
    "3-sigma limits": (
        r"\b(3-sigma|three sigma)\b",
        "Three standard deviations either side of the centre line, as most tools draw them.",
    ),
    "conformance, completeness, plausibility": (
        r"\b(Conformance|Completeness|Plausibility)\b",
        "Three kinds of checks (Kahn 2016): do rows keep to the form, is what matters there, can it be true.",
    ),
    "known to be followed up": (
        r"\bfollowed up\b",
        "Any sign of the patient from day 21 on (12 months: day 300): contact, visit, score, death, or a register.",
    ),
    "ready to go home": (
        r"\bready (to go home|within)\b",
        "Staff noted that the patient could leave; when they did leave may be later.",
    ),
    "data to": (r"\bData to\b", "The latest day that the records reach; windows that end later are not counted yet."),
    "generation": (
        r"\bgeneration\b",
        "The state of all records after one load; its name is on every page and in every file.",
    ),
}


# Everyday words first, those of statisticians last; on the Methods page in these groups.
GROUPS: dict[str, tuple[str, ...]] = {
    "The procedure and the patient": (
        "procedure", "vertebra, level", "vertebroplasty", "thoraco-lumbar", "indication", "sedation", "day case",
        "ready to go home", "ASA class",
    ),
    "Pain and function": (
        "pain before (baseline)", "halved their pain", "asked and answered (capture)", "change after treatment",
        "RMDQ, ODI", "EQ-5D",
    ),
    "Safety": (
        "serious event", "known to be followed up", "cement leak", "cement embolus", "radicular pain",
        "SIR class, CIRSE grade",
    ),
    "How figures are told": (
        "n of N", "data to", "target", "median, half within", "nine in ten, middle half", "95 % interval", "bounds",
        "adjusted", "generation",
    ),
    "Words of statisticians": (
        "more than chance explains", "control limits, centre line", "regression to the mean", "sham", "exact interval",
        "funnel, widened limits", "CUSUM, evidence", "Anhøj rules", "3-sigma limits",
        "conformance, completeness, plausibility",
    ),
}  # fmt: skip


# Pages say the same sentences again and again, and to look for forty terms in each costs more than many a chart.
@lru_cache(TEXTS_KEPT)
def explain_terms(text: str) -> str | None:
    """The terms that a text uses, each with its meaning, as Markdown for a tooltip; None when it uses none."""
    used = [f"**{term}**: {meaning}" for term, (pattern, meaning) in TERMS.items() if re.search(pattern, text)]
    return "  \n".join(used) or None
