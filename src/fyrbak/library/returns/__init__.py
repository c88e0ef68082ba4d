"""Referrals for teledermatoscopy that came back: from which centre, why, how many. Of no patient anything."""
