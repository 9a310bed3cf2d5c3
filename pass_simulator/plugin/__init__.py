"""What the pytest plugin consists of; `pass_simulator.pytest_plugin` brings it in."""
