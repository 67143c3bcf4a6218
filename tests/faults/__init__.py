"""What an installation that is broken on purpose must never do: lose a card, double one, use an index twice."""
