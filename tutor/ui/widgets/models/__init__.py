"""The parts that choose and fetch a model: the list, what is said of one, the download line."""
