"""Who sees what: cases for what is said of one record and rests on another one."""

import pytest

TOLD_OF_ANOTHER = pytest.mark.parametrize(
    ("of_other", "of_one", "is_same", "is_told"),
    [
        ("public", "public", False, True),
        ("internal", "internal", False, True),
        ("internal", "agency", False, True),
        ("agency", "agency", True, True),
        ("internal", "public", True, False),
        ("agency", "public", True, False),
        ("agency", "internal", True, False),
        ("agency", "agency", False, False),
    ],
)
"""Visibility of the other record and of the one that would tell of it, whether one agency owns
both, and whether it may be told: only where all who see the one see the other.
"""
