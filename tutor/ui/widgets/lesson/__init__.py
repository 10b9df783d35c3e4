"""The parts of the lesson reader: the text, section by section, and the list of contents."""
