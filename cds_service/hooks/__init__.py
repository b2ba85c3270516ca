"""The CDS Hooks wire: discovery, service calls, feedback, errors."""
