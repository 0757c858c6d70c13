"""`python -m thang`."""

from thang.cli import main

main()
