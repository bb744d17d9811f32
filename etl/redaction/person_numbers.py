"""What is known of people in one sending system."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Numbers:
    """What is known of people in one source: numbers of patients, other names of them, procedures, FHIR resources."""

    patients: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    procedures: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()

    def __or__(self, more: "Numbers") -> "Numbers":
        return Numbers(
            self.patients | more.patients,
            self.others | more.others,
            self.procedures | more.procedures,
            self.resources | more.resources,
        )

    @property
    def people(self) -> frozenset[str]:
        """All that the people are called by."""
        return self.patients | self.others

    @property
    def all(self) -> frozenset[str]:
        """All that a search looks for. What a resource is called says nothing without its person."""
        return self.people | self.procedures
