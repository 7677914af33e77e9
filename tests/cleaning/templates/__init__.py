"""Made-up pages of many families of templates, written for the tests: frames, contents, and whole pages."""
