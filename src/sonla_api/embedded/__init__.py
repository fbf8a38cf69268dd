"""The PostgreSQL that sonla-api brings along, for where no server is named."""

from sonla_api.embedded.binaries import OLDEST, EmbeddedError, find_clients
from sonla_api.embedded.postgresql import default_folder, server, temporary_server
from sonla_api.embedded.processes import die_with_parent, dying_with_parent

__all__ = [
    "OLDEST",
    "EmbeddedError",
    "default_folder",
    "die_with_parent",
    "dying_with_parent",
    "find_clients",
    "server",
    "temporary_server",
]
