"""What a site adds to the content: its own codes, translated into ours."""
