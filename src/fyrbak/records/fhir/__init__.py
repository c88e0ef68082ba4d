"""FHIR in and out: resources become rows of the layout and land through the intake; rows become resources.

What becomes what is content (``content/fhir``). ``reading`` streams resources out of files, ``mapping`` makes
rows of one resource or says why not, ``gathering`` writes a delivery's rows, ``landing`` takes them in, and
``export`` goes back.
"""
