"""Scrapy's entry."""
