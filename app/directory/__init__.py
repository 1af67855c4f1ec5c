"""Who is who: shippers, courier accounts, depots, people."""
