"""The console: pages for the people in the lab, built on the services that the admin API is built on."""
