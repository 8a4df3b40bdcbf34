"""Bytes to ``Node`` trees and back, without input or output: grammar without meaning.

Each format has one gate with its own limits; nothing past the gate sees raw bytes.
"""
