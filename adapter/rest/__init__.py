"""FHIR R4 REST and the message routes: one module for each interaction, named as the standard names it.

Start in ``app``, which has the table of routes.
"""
