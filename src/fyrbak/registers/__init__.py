"""What a cancer register stands on: checks of records, classification, counting of tumours."""
