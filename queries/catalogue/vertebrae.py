"""The vertebrae from the head downwards, and the regions of the treated spine."""

VERTEBRAE = tuple(
    f"{region}{number}" for region, last in (("C", 7), ("T", 13), ("L", 6), ("S", 5)) for number in range(1, last + 1)
)
# The spine that vertebroplasty treats; the others are accepted with a warning.
TREATED_SPINE = tuple(f"T{number}" for number in range(1, 13)) + tuple(f"L{number}" for number in range(1, 6))
