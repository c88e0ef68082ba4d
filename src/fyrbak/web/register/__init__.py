"""The pages of those who register tumours: how it stands, one tumour, what to decide, mend and ask for."""
