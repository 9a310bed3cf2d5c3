"""Pages for people and their browsers: the simulated providers' pages and, later, the console."""
