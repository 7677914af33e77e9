"""What is asked besides the crawl itself: site maps, search engines, feeds; and the records they give."""
