"""The whole register as one file, and such a file as the register again: pg_dump, pg_restore."""

from sonla_api.backups.making import back_up
from sonla_api.backups.programs import BackupError
from sonla_api.backups.restoring import restore

__all__ = ["BackupError", "back_up", "restore"]
