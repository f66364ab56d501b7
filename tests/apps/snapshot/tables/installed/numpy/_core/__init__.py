"""Has the part that is told whether there are huge pages."""
