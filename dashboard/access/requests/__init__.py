"""The one gate in front of every page, route and socket."""
