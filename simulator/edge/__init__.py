"""What every request passes: counting, sandbox, access, journal, errors, cors, throttle, faults."""
