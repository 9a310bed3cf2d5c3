"""What every handler needs: endpoints, the router, readers of requests and writers of responses."""
