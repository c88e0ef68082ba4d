"""The records as the OMOP Common Data Model 5.4: tables for research networks, made from a snapshot."""
