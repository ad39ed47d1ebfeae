"""`preau`: the Django command line, with a database at hand when nobody named one."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path

# These answer from their arguments alone.
_WITHOUT_DATABASE = {"", "help", "--help", "--version", "version", "deadline", "quote"}


def main() -> int:
    """Run one command. Returns the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preau.config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command == "demo":
        from preau.demo.run import main as demo

        return demo(sys.argv[2:])
    from preau.config.embedded_postgres import EmbeddedPostgresError, running

    try:
        with ExitStack() as stack:
            named = os.environ.get("DATABASE_URL") or os.environ.get("PREAU_MODE") == "production"
            measures_prices = sys.argv[1:3] == ["bench", "pricing"]
            if not named and command not in _WITHOUT_DATABASE and not measures_prices:
                os.environ.setdefault("PREAU_MODE", "development")
                data = Path(os.environ.get("PREAU_DATA", "var")).absolute()
                os.environ["DATABASE_URL"] = stack.enter_context(running(data / "postgres")).url
            from django.core.management import execute_from_command_line

            execute_from_command_line(sys.argv)
    except EmbeddedPostgresError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
