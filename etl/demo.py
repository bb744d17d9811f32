"""A synthetic department: believable, reproducible, and no one's records.

What is planted, so that every page has something to show: pain of about 8 before, 4 after a day or two, 3 after two
weeks; patients in pain answer less often; levels peak at T12 and L1; recovery of 4 to 6 hours with a tail; from
March 2025 Riverside calls patients two days before and more of them go home the same day; one operator's patients
stay longer; some disc disease; some patients are treated again; some die.
"""

import csv
import io
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from etl.demo_care import add_function, add_leaks, add_ratings, care_of
from etl.sources.canonical import COMPLICATIONS, CONTACTS, COUNTS, KINDS, PAIN_SCORES

DEPARTMENT = "Northfield Radiology"
TIME_ZONE = "America/Chicago"
PROCEDURES_DEFAULT = 1200
SEED_DEFAULT = 20240101
FIRST_DAY = date(2024, 1, 1)
LAST_DAY = date(2026, 6, 30)
RECEIVED_AT = "2026-07-01T06:00:00"
STEP_CHANGE = date(2025, 3, 3)

RIVERSIDE, NORTHFIELD = "Riverside Hospital", "Northfield Clinic"
OPERATORS = {
    RIVERSIDE: ("A. Moreau", "B. Lindgren", "C. Adeyemi", "D. Kowalski"),
    NORTHFIELD: ("E. Tanaka", "F. Bianchi", "G. Hartmann"),
}
SLOWER_OPERATOR = "F. Bianchi"
SPINE_WEIGHTS = {
    "T4": 1, "T5": 2, "T6": 4, "T7": 7, "T8": 8, "T9": 7, "T10": 10, "T11": 14, "T12": 30, "L1": 32, "L2": 20,
    "L3": 14, "L4": 12, "L5": 5,
}  # fmt: skip
SPINE = tuple(SPINE_WEIGHTS)
INDICATIONS = {
    "osteoporotic": 74, "metastasis": 8, "myeloma": 7, "traumatic": 5, "haemangioma": 2.5, "disc_disease": 2.5,
    "other": 1,
}  # fmt: skip
DEATHS_A_YEAR = {"osteoporotic": 0.06, "metastasis": 0.45, "myeloma": 0.2}
DELAY_REASONS = {
    "pain_not_controlled": 30, "late_finish": 27, "no_transport": 14, "cardiopulmonary": 9, "observation": 8,
    "nausea": 6, "social": 5, "wound": 1,
}  # fmt: skip
# Probability that a score is recorded at pain 0, and how much each point of pain takes from it.
ANSWERS = {
    "hours_24_72": (1, 3, 0.98, 0.022),
    "follow_up": (7, 14, 0.86, 0.05),
    "month_1": (25, 40, 0.52, 0.04),
    "month_3": (80, 105, 0.46, 0.04),
    "month_6": (160, 210, 0.40, 0.035),
    "month_12": (330, 400, 0.34, 0.03),
}


@dataclass
class Department:
    """Rows of the four files, as dictionaries of text."""

    procedures: list[dict[str, str]] = field(default_factory=list)
    pain_scores: list[dict[str, str]] = field(default_factory=list)
    complications: list[dict[str, str]] = field(default_factory=list)
    contacts: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Person:
    """A patient as the files know them."""

    number: str
    sex: str
    age: int
    site: str
    indication: str


@dataclass(frozen=True, kw_only=True)
class Session:
    """One procedure and what follows from it. Times are local."""

    number: str
    person: Person
    started_at: datetime
    minutes: int
    levels: tuple[str, ...]
    setting: str
    operator: str
    baseline: int
    leaves_on_day: int
    hours_to_ready: float
    died_on: date | None
    next_on: date | None

    @property
    def day(self) -> date:
        """D0."""
        return self.started_at.date()

    @property
    def ended_at(self) -> datetime:
        """End of the procedure."""
        return self.started_at + timedelta(minutes=self.minutes)

    def reaches(self, when: date) -> bool:
        """Whether the patient was alive and not treated again before that day, and the records reach it."""
        ends = [day for day in (self.died_on, self.next_on) if day is not None]
        return when <= LAST_DAY and all(when < day for day in ends)


def synthetic_department(procedures: int = PROCEDURES_DEFAULT, seed: int = SEED_DEFAULT) -> dict[str, str]:
    """File name → canonical CSV text. The same arguments give the same bytes."""
    random = Random(seed)
    department = Department()
    for session in sorted(_draw_sessions(random, procedures), key=lambda one: (one.started_at, one.number)):
        row, scores = _procedure_row(random, session), _score_rows(random, session)
        care = Random(f"{seed} care {session.number}")
        add_ratings(care, scores, session.day)
        asks_eq5d = session.person.site != NORTHFIELD
        add_function(Random(f"{seed} function {session.number}"), scores, session.day, asks_eq5d)
        known = care_of(
            care, day=session.day, last_day=LAST_DAY, indication=session.person.indication,
            has_imaging=session.person.site != NORTHFIELD,
        )  # fmt: skip
        department.pain_scores += scores
        events = _complication_rows(random, session)
        add_leaks(Random(f"{seed} leaks {session.number}"), known, events, session.levels)
        department.procedures.append(row | known)
        department.complications += events
        department.contacts += _contact_rows(random, session)
    for prefix, kind in (("S", PAIN_SCORES), ("K", COMPLICATIONS), ("C", CONTACTS)):
        for number, row in enumerate(getattr(department, kind.name), start=1):
            row[kind.number] = f"{prefix}{number:06}"
    files = {f"{kind.name}.csv": _csv_text(kind.all_columns, getattr(department, kind.name)) for kind in KINDS}
    return files | {"counts.csv": _csv_text(COUNTS.all_columns, _count_rows(Random(f"{seed} counts"), department))}


def _count_rows(random: Random, department: Department) -> list[dict[str, str]]:
    """What the administration counted: a few more cases than the records hold, most of them at Northfield."""
    held = Counter((row["performed_on"][:7], row["site"]) for row in department.procedures)
    missed = {RIVERSIDE: 0.1, NORTHFIELD: 0.45}
    return [
        {"month": month, "site": site, "n": str(cases + (random.random() < missed[site] * min(1, cases / 5)))}
        for (month, site), cases in sorted(held.items())
    ]


def _csv_text(columns: tuple[str, ...], rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "updated_at": f"{LAST_DAY.isoformat()}T18:00"} for row in rows)
    return text.getvalue()


def _pick_weighted(random: Random, weights: Mapping[str, float]) -> str:
    return random.choices(list(weights), list(weights.values()))[0]


def _working_day(random: Random, first: date, last: date) -> date:
    while True:
        day = first + timedelta(days=random.randrange((last - first).days + 1))
        if day.weekday() < 5:
            return day


def _draw_sessions(random: Random, wanted: int) -> Iterator[Session]:
    made = people = 0
    while made < wanted:
        people += 1
        person = Person(
            number=f"{people:07}",
            sex="F" if random.random() < 0.73 else "M",
            age=round(min(99, max(38, random.gauss(75, 10)))),
            site=RIVERSIDE if random.random() < 0.62 else NORTHFIELD,
            indication=_pick_weighted(random, INDICATIONS),
        )
        days = [_working_day(random, FIRST_DAY, LAST_DAY)]
        if random.random() < 0.035 and made + 1 < wanted:
            again = days[0] + timedelta(days=random.randint(20, 300))
            while again.weekday() >= 5:
                again += timedelta(days=1)
            if again <= LAST_DAY:
                days.append(again)
        died_on = _draw_death(random, person, days[-1])
        for place, day in enumerate(days):
            made += 1
            next_on = days[place + 1] if place + 1 < len(days) else None
            yield _draw_session(random, f"P{made:06}", person=person, day=day, died_on=died_on, next_on=next_on)


def _draw_death(random: Random, person: Person, after: date) -> date | None:
    a_year = DEATHS_A_YEAR.get(person.indication, 0.03)
    day = after + timedelta(days=1 + round(random.expovariate(a_year) * 365))
    return day if day <= LAST_DAY else None


def _draw_session(
    random: Random, number: str, *, person: Person, day: date, died_on: date | None, next_on: date | None
) -> Session:
    operator = random.choice(OPERATORS[person.site])
    levels = _draw_levels(random)
    setting = _pick_weighted(
        random, {"outpatient": 80, "admitted_for_procedure": 12, "already_inpatient": 6, "transferred": 2}
    )
    start = datetime.combine(day, time(8)) + timedelta(minutes=5 * round(random.triangular(0, 96, 30)))
    minutes = round(random.gauss(48 + 16 * (len(levels) - 1), 8))
    slower = 0.7 if operator == SLOWER_OPERATOR else 0.0
    hours = random.lognormvariate(math.log(4.5 + 0.25 * (len(levels) - 1) + slower), 0.22)
    leaves_on_day = _day_of_leaving(
        random, person, setting=setting, operator=operator, start=start, hours=hours, levels=len(levels)
    )
    baseline = round(min(10, max(1, random.gauss(7.9, 1.6))))
    return Session(
        number=number,
        person=person,
        started_at=start,
        minutes=max(20, minutes),
        levels=levels,
        setting=setting,
        operator=operator,
        baseline=baseline,
        leaves_on_day=leaves_on_day,
        hours_to_ready=hours,
        died_on=died_on,
        next_on=next_on,
    )


def _draw_levels(random: Random) -> tuple[str, ...]:
    count = int(_pick_weighted(random, {"1": 69, "2": 21, "3": 7, "4": 2.3, "5": 0.7}))
    place = SPINE.index(_pick_weighted(random, SPINE_WEIGHTS))
    chosen = {place}
    while len(chosen) < count:
        place = random.choice(tuple(chosen)) + random.choice((-2, -1, -1, 1, 1, 2))
        if 0 <= place < len(SPINE):
            chosen.add(place)
    return tuple(SPINE[place] for place in sorted(chosen))


def _day_of_leaving(
    random: Random, person: Person, *, setting: str, operator: str, start: datetime, hours: float, levels: int
) -> int:
    if setting in ("already_inpatient", "transferred"):
        return 1 + min(9, int(random.expovariate(0.5)))
    ease = 1.9 - 0.35 * (levels - 1) - 0.035 * (person.age - 75) - 0.55 * (hours - 4.6)
    ease -= 0.35 * max(0, start.hour - 11)
    ease -= 1.6 if setting == "admitted_for_procedure" else 0
    ease -= 1.1 if operator == SLOWER_OPERATOR else 0
    ease += (0.9 if start.date() >= STEP_CHANGE else -0.35) if person.site == RIVERSIDE else -0.2
    if random.random() < 1 / (1 + math.exp(-ease)):
        return 0
    return 1 + min(6, int(random.expovariate(1.1)))


def _iso_minute(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M")


def _procedure_row(random: Random, session: Session) -> dict[str, str]:
    person = session.person
    home_patient = session.setting in ("outpatient", "admitted_for_procedure")
    ready_at = session.ended_at + timedelta(hours=session.hours_to_ready)
    ready_known = random.random() < (0.93 if session.leaves_on_day == 0 else 0.5)
    if session.leaves_on_day == 0:
        discharged_at = ready_at + timedelta(minutes=random.randint(10, 70))
        discharged_at = min(discharged_at, datetime.combine(session.day, time(23, 50)))
    else:
        leaves = session.day + timedelta(days=session.leaves_on_day)
        discharged_at = datetime.combine(leaves, time(9)) + timedelta(minutes=random.randint(0, 420))
    died_in_hospital = session.died_on is not None and session.died_on <= discharged_at.date()
    discharge_known = discharged_at.date() <= LAST_DAY and random.random() < 0.975 and not died_in_hospital
    stayed = home_patient and session.leaves_on_day > 0
    called = home_patient and random.random() < _pre_call_chance(session)
    resumed = session.day + timedelta(days=1 + round(random.expovariate(1 / 8)))
    readmitted = session.day + timedelta(days=2 + round(random.expovariate(1 / 25)))
    went_to = _pick_weighted(random, {"home": 93, "skilled_nursing_or_rehab": 6, "other_hospital": 1})
    if session.leaves_on_day == 0 and went_to == "other_hospital" and random.random() < 0.7:
        went_to = "home"
    return {
        "procedure_id": session.number,
        "patient_id": person.number,
        "sex": person.sex,
        "age_years": str(person.age + (session.day.year - FIRST_DAY.year)),
        "died_on": session.died_on.isoformat() if session.died_on else "",
        "site": person.site,
        "operator": session.operator,
        "performed_on": session.day.isoformat(),
        "started_at": _iso_minute(session.started_at),
        "ended_at": _iso_minute(session.ended_at),
        "arrived_at": _iso_minute(session.started_at - timedelta(minutes=round(random.gauss(175, 40))))
        if home_patient and random.random() < 0.93
        else "",
        "recovery_ready_at": _iso_minute(ready_at) if ready_known and not died_in_hospital else "",
        "discharged_at": _iso_minute(discharged_at) if discharge_known else "",
        "pre_call_at": _iso_minute(session.started_at - timedelta(hours=_pre_call_hours(random, session)))
        if called
        else "",
        "technique": _pick_weighted(
            random, {"vertebroplasty": 84, "balloon_kyphoplasty": 14, "mechanical_augmentation": 2}
        ),
        "indication": person.indication,
        "setting": session.setting,
        "intended_stay": _intended_stay(random, session.setting),
        "sedation": _pick_weighted(random, {"local": 14, "moderate": 70, "deep": 8, "general": 8}),
        "asa_class": _pick_weighted(random, {"1": 3, "2": 38, "3": 51, "4": 8}),
        "levels": ";".join(session.levels) if random.random() < 0.992 else "",
        "cement_ml": f"{sum(max(1.2, random.gauss(3.4, 0.9)) for _ in session.levels):.1f}",
        "disposition": "died" if died_in_hospital else went_to,
        "delay_reason": _pick_weighted(random, DELAY_REASONS) if stayed and random.random() < 0.84 else "",
        "resumed_activity_on": resumed.isoformat() if session.reaches(resumed) and random.random() < 0.58 else "",
        "readmitted_on": readmitted.isoformat() if session.reaches(readmitted) and random.random() < 0.05 else "",
    }


def _intended_stay(random: Random, setting: str) -> str:
    if setting == "outpatient":
        return _pick_weighted(random, {"day_case": 96, "overnight": 4})
    if setting == "admitted_for_procedure":
        return _pick_weighted(random, {"overnight": 85, "day_case": 15})
    return "longer"


def _pre_call_chance(session: Session) -> float:
    if session.person.site == RIVERSIDE:
        return 0.9 if session.day >= STEP_CHANGE else 0.45
    return 0.6


def _pre_call_hours(random: Random, session: Session) -> float:
    return random.triangular(18, 78, 44 if session.day >= STEP_CHANGE else 30)


def _score_rows(random: Random, session: Session) -> list[dict[str, str]]:
    rows = []
    context = "activity" if random.random() < 0.06 else "rest"

    def add(when: datetime, pain: float, label: str, mode: str) -> None:
        date_only = random.random() < 0.1 and when.date() > session.day
        rows.append(
            {
                "patient_id": session.person.number,
                "measured_at": when.date().isoformat() if date_only else _iso_minute(when),
                "score": str(round(min(10, max(0, pain)))),
                "context": context,
                "instrument": "nrs",
                "mode": mode,
                "timepoint": label if random.random() < 0.6 else "",
            }
        )

    if random.random() < 0.955:
        days_before = 0 if random.random() < 0.85 else random.randint(1, 20)
        before = session.started_at - timedelta(days=days_before, minutes=random.randint(30, 150))
        add(before, session.baseline, "baseline", "in_person")
    responds = random.random() < 0.83
    early = session.baseline * (random.gauss(0.46, 0.16) if responds else random.gauss(0.9, 0.12))
    if random.random() < 0.45:
        hours = random.uniform(1.5, 5.5)
        add(session.ended_at + timedelta(hours=hours), early + random.gauss(0.8, 1), "", "in_person")
    pain = early
    for label, (first, last, likely, per_point) in ANSWERS.items():
        if label == "follow_up":
            pain = early * (random.gauss(0.72, 0.22) if responds else random.gauss(0.8, 0.25))
        elif label != "hours_24_72":
            pain = max(0.0, pain + random.gauss(0.0, 1.1))
        day = session.day + timedelta(days=random.randint(first, last))
        if session.reaches(day) and random.random() < likely - per_point * pain:
            when = datetime.combine(day, time(8)) + timedelta(minutes=random.randint(0, 600))
            add(when, pain, label, random.choice(("phone", "phone", "portal", "in_person")))
    return rows


def _complication_rows(random: Random, session: Session) -> list[dict[str, str]]:
    rows = []

    def maybe(chance: float, kind: str, first: int, last: int, severities: str, symptomatic: bool) -> None:
        happens, day = random.random() < chance, session.day + timedelta(days=random.randint(first, last))
        if happens and session.reaches(day):
            rows.append(
                {
                    "procedure_id": session.number,
                    "occurred_on": day.isoformat(),
                    "type": kind,
                    "severity": random.choice(severities),
                    "scale": "sir",
                    "symptomatic": "yes" if symptomatic else "no",
                }
            )

    maybe(0.17 + 0.05 * len(session.levels), "cement_leak", 0, 0, "A", False)
    maybe(0.01, "cement_leak", 0, 2, "BC", True)
    maybe(0.008, "radicular_pain", 0, 5, "BC", True)
    maybe(0.006, "haematoma", 0, 3, "AB", True)
    maybe(0.005, "rib_fracture", 0, 1, "B", True)
    maybe(0.005, "infection", 3, 21, "CD", True)
    maybe(0.004, "pulmonary_cement_embolus", 0, 4, "CDE", True)
    maybe(0.10, "new_fracture", 30, 360, "B", True)
    return rows


def _contact_rows(random: Random, session: Session) -> list[dict[str, str]]:
    rows = []

    def add(kind: str, when: datetime, outcome: str) -> None:
        rows.append(
            {"procedure_id": session.number, "kind": kind, "happened_at": _iso_minute(when), "outcome": outcome}
        )

    home_patient = session.setting in ("outpatient", "admitted_for_procedure")
    if home_patient and random.random() < 0.08:
        add("pre_call", session.started_at - timedelta(hours=random.uniform(24, 48)), "no_answer")
    call_day = session.day + timedelta(days=random.choice((1, 2, 2, 3)))
    if session.reaches(call_day) and random.random() < 0.72:
        when = datetime.combine(call_day, time(10)) + timedelta(minutes=random.randint(0, 360))
        add("early_call", when, "reached" if random.random() < 0.85 else "no_answer")
    visit_day = session.day + timedelta(days=random.choice((7, 8, 9, 10, 11, 12, 13, 14, 14, 16, 19)))
    if session.reaches(visit_day) and random.random() < 0.76:
        when = datetime.combine(visit_day, time(9)) + timedelta(minutes=random.randint(0, 420))
        add("follow_up_visit", when, "attended" if random.random() < 0.8 else "did_not_attend")
    late_day = session.day + timedelta(days=random.randint(24, 45))
    if session.reaches(late_day) and random.random() < 0.45:
        when = datetime.combine(late_day, time(11)) + timedelta(minutes=random.randint(0, 300))
        add("follow_up_visit", when, "attended")
    return rows
