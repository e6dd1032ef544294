"""Checks that a person writes: they run in a process of their own, which may raise, hang, fork or die."""
