"""What exchanges used, summed as they end. The sums can be made anew from the exchanges: where a later version keeps
others, its migration makes them all, and nothing is left to do here."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    pass
