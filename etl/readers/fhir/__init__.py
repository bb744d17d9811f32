"""FHIR R4 and JSON: resources as rows, values by path, whom a resource is about."""
