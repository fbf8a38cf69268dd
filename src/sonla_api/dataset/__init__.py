"""The real input: facts of Son La's foreign affairs as public pages tell them; see README.md."""

from importlib.resources import files
from pathlib import Path

FOLDER = Path(str(files(__name__)))
