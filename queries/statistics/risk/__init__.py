"""Expected risks of single cases, and what was observed against them: numbers in, numbers out."""
