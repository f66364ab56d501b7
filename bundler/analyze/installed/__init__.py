"""What is installed, where modules lie, and whose a file is."""
