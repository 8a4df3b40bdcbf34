"""``overens`` and ``python -m adapter``: the command line."""

from __future__ import annotations


def main() -> None:
    """Run the command line and end with its exit code."""
    from adapter.cli import commands  # noqa: PLC0415  the import is the work: kept out of `import adapter`

    commands()


if __name__ == "__main__":
    main()
