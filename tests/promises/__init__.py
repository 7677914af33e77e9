"""The promises that only whole rounds can show: kills, outages, sites that are not ours."""
