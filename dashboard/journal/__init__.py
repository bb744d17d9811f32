"""What people write: notes, reviews, calls, sign-offs."""
