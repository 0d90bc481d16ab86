"""``python -m attunement`` is the command ``attunement``."""

from attunement.cli import main

main()
