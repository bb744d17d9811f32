"""The ground both sides stand on: where files lie, the schema, settings, errors, what people write."""
