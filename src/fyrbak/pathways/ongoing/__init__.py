"""The pathways that somebody works with: who is under way, what is odd or missing, what is booked.

What is known lies in the records, and what it means is told by the engine. The rows here are made anew from
those two (:mod:`fyrbak.pathways.ongoing.refresh`), and so can always be thrown away and made again. What
people write beside them, bookings and closed corrections, is kept and only added to.
"""
