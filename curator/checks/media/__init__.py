"""Checks of pictures, sounds and videos: their marks, and the files that they name."""

from curator.checks.media.marks import MEDIA_CHECKS as MEDIA_CHECKS
