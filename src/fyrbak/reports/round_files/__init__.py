"""Forms of a round as files: written as Excel and Word, filled in by somebody, and read back."""

from fyrbak.reports.round_files.excel import read_excel_form, write_excel_form
from fyrbak.reports.round_files.reading import read_form
from fyrbak.reports.round_files.word import read_word_form, write_word_form

__all__ = ["read_excel_form", "read_form", "read_word_form", "write_excel_form", "write_word_form"]
