"""Who calls: registered applications, devices and platforms, redirect URLs, the throttle."""
