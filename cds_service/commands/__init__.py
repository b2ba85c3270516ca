"""What the command line does: assess files, run the demo, serve."""
