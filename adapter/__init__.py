"""Överens: journal keywords and SBAR messages to FHIR R4, kept, served, and back.

Read ``adapter/pipeline.py`` first: every other package is one of its lines.
"""
