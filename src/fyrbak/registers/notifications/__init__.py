"""Notifications of tumours: taken in, merged into tumours, missed where they should be, checked."""
