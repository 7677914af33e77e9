"""One page over HTTP or in the browser, bounded in time and size."""
