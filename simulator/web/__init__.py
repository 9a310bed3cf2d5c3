"""Pages for people and their browsers: the simulated providers' pages, the second screen and the console."""
