"""Synthetic Sweden: invented persons whose care looks like care, and the truth that measures must find.

Files in the order of the data: ``calibration`` (what is known), ``calendar`` (days as numbers), ``rows``
and ``draws`` (columns and chances), ``population`` (persons, moves, deaths), ``numbers`` (identities),
``disease`` (tumours), ``pathways`` (what the pathway content says), ``drafts`` and ``episodes`` (suspicions
and how they went), ``events`` (what regions register of them, right and wrong), ``treatments``,
``vaccinations``, ``facts`` (what measures ask about episodes), ``background`` (education and the like),
``tables`` and ``writing`` (tables and files), ``incidence`` and ``truth`` (the right answer of every measure)
and ``generate`` (all of it, piece by piece).

The same arguments give the same files. Everything is drawn with numpy for many persons at a time, in pieces
of bounded size, each with a random stream of its own.
"""
