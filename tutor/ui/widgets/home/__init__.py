"""The parts of home: the card with the next step, and the list of lessons."""
