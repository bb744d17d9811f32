"""What readers outside the department may ask, and what of a figure they see."""
