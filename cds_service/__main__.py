"""`python -m cds_service` is `legpain-cds`."""

from cds_service.cli import main

main()
