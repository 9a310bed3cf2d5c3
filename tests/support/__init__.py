"""What the tests share: a laboratory to drive the simulator with, worlds to seed, shapes to expect."""
