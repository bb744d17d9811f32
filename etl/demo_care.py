"""What the synthetic department knows beside pain and times: opioids, function, referral, imaging, leaks, bones.

Drawn apart from the rest, so that nothing else of the department changes. Opioids are taken by 46 of 100 before, and
end where pain falls; the work-up of osteoporosis is closed in about half; Northfield sends no dates of imaging.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

Row = dict[str, str]
RATINGS = ("very_much_improved", "much_improved", "minimally_improved", "no_change", "minimally_worse", "much_worse")
ANSWERS = ("very_satisfied", "satisfied", "neither", "dissatisfied", "very_dissatisfied")


def add_ratings(random: Random, scores: Sequence[Row], day: date) -> None:
    """Opioids with every score of one procedure, and from day 4 on how the patient rates the change and the result."""
    takes = random.random() < 0.46
    dose = random.choice((15, 20, 30, 30, 40, 60, 80))
    for row in scores:
        later, pain = date.fromisoformat(row["measured_at"][:10]) - day, int(row["score"])
        if random.random() < 0.1:
            continue
        if later > timedelta(0) and takes and random.random() < (0.75 if pain <= 3 else 0.35 if pain <= 5 else 0.1):
            takes = False
        row["opioids"] = "yes" if takes else "no"
        row["opioid_mme"] = "0" if not takes else str(dose) if later <= timedelta(0) else str(round(dose * pain / 10))
        if later >= timedelta(4):
            row["change_rating"] = RATINGS[min(5, max(0, round(pain * 0.55 - 0.4 + random.gauss(0, 0.8))))]
            row["satisfaction"] = ANSWERS[min(4, max(0, round(pain * 0.4 - 0.5 + random.gauss(0, 0.7))))]


def add_function(random: Random, scores: Sequence[Row], day: date, has_eq5d: bool) -> None:
    """Questionnaires of function before and from day 4 on: they follow pain, and the person.

    Both sites ask the RMDQ; one the EQ-5D beside it, the other the ODI.
    """
    person = random.gauss(0, 2)
    for row in scores:
        later, pain = date.fromisoformat(row["measured_at"][:10]) - day, int(row["score"])
        if timedelta(0) < later < timedelta(4) or random.random() < 0.05:
            continue
        if later == timedelta(0) and row is not scores[0]:
            continue
        row["rmdq"] = str(min(24, max(0, round(4 + 1.7 * pain + person + random.gauss(0, 1.6)))))
        row["rmdq_items"] = "24"
        health = 0.92 - 0.06 * pain - 0.02 * person + random.gauss(0, 0.07)
        if has_eq5d:
            row["eq5d_index"] = f"{min(1.0, max(-0.59, health)):.3f}"
        else:
            row["odi"] = str(2 * min(50, max(0, round(6 + 3 * pain + person + random.gauss(0, 3)))))


def care_of(random: Random, *, day: date, last_day: date, indication: str, has_imaging: bool) -> Row:
    """Referral, imaging, pain during the procedure and the work-up of osteoporosis. Empty = not recorded."""
    referred = day - timedelta(days=round(random.lognormvariate(2.7, 0.6)))
    imaged = day - timedelta(days=round(random.lognormvariate(2.3, 0.6)))
    row = {
        "referred_on": referred.isoformat() if random.random() < 0.93 else "",
        "imaged_on": imaged.isoformat() if has_imaging and random.random() < 0.95 else "",
        "mri_oedema": random.choices(("yes", "no", "not_done", ""), (78, 8, 9, 5))[0],
        "conservative_care_failed": random.choices(("yes", "no", ""), (71, 7, 22))[0],
        "pain_during": str(min(10, max(0, round(random.gauss(2.2, 1.7))))) if random.random() < 0.88 else "",
    }
    if indication != "osteoporotic" or random.random() < 0.12:
        return row
    density = day + timedelta(days=random.randint(-200, 100))
    decision = random.choices(("started", "already_taken", "declined", "not_indicated", "none"), (48, 14, 6, 4, 28))[0]
    started = day + timedelta(days=random.randint(5, 110))
    referral = day + timedelta(days=random.randint(1, 40))
    if random.random() < 0.66 and density <= last_day:
        row["bone_density_on"] = density.isoformat()
    if decision == "started" and started > last_day:
        decision = "none"
    row["osteoporosis_drug"] = decision
    if decision == "started":
        row["osteoporosis_drug_on"] = started.isoformat()
    if random.random() < 0.4 and referral <= last_day:
        row["osteoporosis_referred_on"] = referral.isoformat()
    return row


def add_leaks(random: Random, row: Row, events: Sequence[Row], levels: Sequence[str]) -> None:
    """How leaks were looked for, and where they were: on CT, which is done for few, most of them are seen."""
    leaks = [event for event in events if event["type"] == "cement_leak"]
    row["leak_detection"] = random.choices(("fluoroscopy", "ct", ""), (33, 56, 11) if leaks else (79, 12, 9))[0]
    for event in leaks:
        event["vertebra"] = random.choice(levels) if random.random() < 0.85 else ""
