"""Run the command as `python -m gevinst.cli`."""

from gevinst.cli import main

main()
